import io.github.modernbert.codegen.CodegenKernelProvider;
import io.github.modernbert.kernels.KernelProvider;
import org.jspecify.annotations.NullMarked;

/** Kernels as machine code that Java writes. */
@NullMarked
module io.github.modernbert.codegen {
  requires static org.jspecify;
  requires io.github.modernbert.kernels;

  // Benchmarks write loops that measure what a core can do at most.
  exports io.github.modernbert.codegen.asm to
      io.github.modernbert.bench;
  exports io.github.modernbert.codegen.spec to
      io.github.modernbert.bench;
  exports io.github.modernbert.codegen.x86 to
      io.github.modernbert.bench;
  exports io.github.modernbert.codegen.runtime to
      io.github.modernbert.bench;

  provides KernelProvider with
      CodegenKernelProvider;
}

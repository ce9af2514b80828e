import org.jspecify.annotations.NullMarked;

/**
 * The operations a layer is made of: one interface, the aligned memory they work on, the portable
 * implementation and the worker pool. Internal to the library: exported to its own modules only.
 */
@NullMarked
module io.github.modernbert.kernels {
  requires static org.jspecify;

  exports io.github.modernbert.kernels to
      io.github.modernbert.codegen,
      io.github.modernbert.core,
      io.github.modernbert.vector,
      io.github.modernbert.bench;

  uses io.github.modernbert.kernels.KernelProvider;
}

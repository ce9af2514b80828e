import org.jspecify.annotations.NullMarked;

/** The operations a layer is made of: one interface, aligned memory, the portable implementation. */
@NullMarked
module io.github.modernbert.kernels {
  requires static org.jspecify;

  exports io.github.modernbert.kernels;

  uses io.github.modernbert.kernels.KernelProvider;
}

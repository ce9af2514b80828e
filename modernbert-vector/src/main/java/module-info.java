import io.github.modernbert.kernels.KernelProvider;
import io.github.modernbert.vector.VectorKernelProvider;
import org.jspecify.annotations.NullMarked;

/** The kernels on {@code jdk.incubator.vector}. */
@NullMarked
module io.github.modernbert.vector {
  requires static org.jspecify;
  requires io.github.modernbert.kernels;
  requires jdk.incubator.vector;

  provides KernelProvider with
      VectorKernelProvider;
}

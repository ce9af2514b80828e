package io.github.modernbert.vector;

import io.github.modernbert.kernels.KernelProvider;
import io.github.modernbert.kernels.Kernels;
import java.util.List;
import java.util.Optional;

/** Offers all operations on vectors when the incubator module is there. */
public final class VectorKernelProvider implements KernelProvider {
  /** For the service loader. */
  public VectorKernelProvider() {}

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public int rank() {
    return 100;
  }

  @Override
  public Optional<String> obstacle() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
        ? Optional.empty()
        : Optional.of("start java with --add-modules=jdk.incubator.vector");
  }

  /** Where C2 does not compile operations on vectors, every vector is an object. */
  @Override
  public Optional<String> drawback() {
    String slow = ", and operations on vectors take up to hundreds of times as long; remove ";
    List<String> flags = OptimisingCompiler.flags();
    if (OptimisingCompiler.isLeftOut(System.getProperty("java.vm.info", ""), flags)) {
      return Optional.of(
          "the JVM runs without its optimising compiler C2"
              + slow
              + "-XX:TieredStopAtLevel, -XX:CompilationMode=quick-only or -Xint, which set that");
    }
    return OptimisingCompiler.knowsNoVectors(flags)
        ? Optional.of("C2 compiles no vectors" + slow + "-XX:-EnableVectorSupport, which sets that")
        : Optional.empty();
  }

  /** Everything: the next best kernels are not needed. */
  @Override
  public Kernels offer(Kernels next) {
    String name = "vector (" + Species.FLOATS.vectorBitSize() + " bit)";
    return Kernels.ofLoops(name, new VectorMicroKernel(), new VectorRowLoops());
  }
}

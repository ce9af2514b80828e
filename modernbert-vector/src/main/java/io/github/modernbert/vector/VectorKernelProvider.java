package io.github.modernbert.vector;

import io.github.modernbert.kernels.KernelProvider;
import io.github.modernbert.kernels.Kernels;
import java.util.Optional;

/** Offers {@link VectorKernels} when the incubator module is there. */
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

  @Override
  public Kernels create() {
    return new VectorKernels();
  }
}

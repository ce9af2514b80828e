package io.github.modernbert.kernels;

final class PortableKernelsTest extends KernelConformance {
  PortableKernelsTest() {
    super(Kernels.portable());
  }
}

package io.github.modernbert.codegen;

import java.util.Optional;

/** AArch64: what products in float32 need, every processor has. */
record Arm64() implements Architecture {
  @Override
  public Optional<String> obstacle() {
    return InstructionCache.obstacle();
  }

  @Override
  public KernelShape shape() {
    return KernelShape.NEON;
  }

  @Override
  public ProductFunctions products() {
    return new Arm64ProductCode(shape());
  }
}

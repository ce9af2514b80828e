package io.github.modernbert.codegen;

import java.util.Optional;

/**
 * AArch64. What products in float32 need, every processor has.
 *
 * @param features what this one has beyond that
 */
record Arm64(Arm64Features features) implements Architecture {
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

  @Override
  public Optional<LeftOperand.Factory> int8() {
    return features.int8() ? Optional.of(Arm64Int8Rows::new) : Optional.empty();
  }
}

package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.arm64.Arm64ProductCode;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.spec.ProductFunctions;
import java.util.Optional;

/**
 * AArch64. What products in float32 need, every processor has.
 *
 * @param features what this one has beyond that
 */
public record Arm64(Arm64Features features) implements Architecture {
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
  public boolean hasInt8() {
    return features.int8();
  }
}

package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.arm64.Arm64Int8Code;
import io.github.modernbert.codegen.arm64.Arm64ProductCode;
import io.github.modernbert.codegen.asm.Arm64Assembler;
import io.github.modernbert.codegen.asm.CpuFeature;
import io.github.modernbert.codegen.asm.Listing;
import io.github.modernbert.codegen.asm.MachineCode;
import io.github.modernbert.codegen.runtime.ExecutableMemory.Sealer;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.kernels.WeightFormat;
import java.lang.foreign.Arena;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * AArch64.
 *
 * @param features of the processor
 */
public record Arm64(Set<CpuFeature> features) implements Architecture {
  /** Asks the system for the features of its processor, and seals an instruction to try it. */
  static Arm64 detect(Sealer sealer) {
    var asm = new Arm64Assembler(Set.of(), null);
    asm.ret();
    try (Arena arena = Arena.ofConfined()) {
      sealer.seal(arena, asm.finish());
    }
    return new Arm64(Arm64Features.detect());
  }

  @Override
  public Optional<String> obstacle() {
    return InstructionCache.obstacle();
  }

  @Override
  public KernelShape shape() {
    return KernelShape.NEON;
  }

  private boolean multipliesIntegers() {
    return features.contains(CpuFeature.DOTPROD) || features.contains(CpuFeature.I8MM);
  }

  @Override
  public Set<WeightFormat> formats() {
    return multipliesIntegers()
        ? EnumSet.of(WeightFormat.FLOAT32, WeightFormat.INT8)
        : EnumSet.of(WeightFormat.FLOAT32);
  }

  @Override
  public Set<FunctionGroup> groups() {
    return multipliesIntegers()
        ? EnumSet.of(FunctionGroup.PRODUCTS, FunctionGroup.INT8)
        : EnumSet.of(FunctionGroup.PRODUCTS);
  }

  @Override
  public MachineCode generate(FunctionGroup group, @Nullable Listing listing) {
    var asm = new Arm64Assembler(features, listing);
    switch (group) {
      case PRODUCTS -> new Arm64ProductCode(asm, shape()).write();
      case INT8 -> new Arm64Int8Code(asm).write();
      case ATTENTION, ROWS -> throw new IllegalArgumentException("there is no code of " + group);
    }
    return asm.finish();
  }
}

package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.arm64.Arm64Int8Code;
import io.github.modernbert.codegen.arm64.Arm64ProductCode;
import io.github.modernbert.codegen.asm.CpuFeature;
import io.github.modernbert.codegen.spec.KernelShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * AArch64.
 *
 * @param features of the processor
 */
public record Arm64(Set<CpuFeature> features) implements Architecture {
  @Override
  public Optional<String> obstacle() {
    return InstructionCache.obstacle();
  }

  @Override
  public KernelShape shape() {
    return KernelShape.NEON;
  }

  @Override
  public boolean hasInt8() {
    return features.contains(CpuFeature.DOTPROD) || features.contains(CpuFeature.I8MM);
  }

  @Override
  public List<CodeUnit> code() {
    var units = new ArrayList<CodeUnit>();
    KernelShape shape = shape();
    units.add(
        CodeUnit.arm64(
            "products", shape.features(), asm -> new Arm64ProductCode(asm, shape).write()));
    if (hasInt8()) {
      units.add(CodeUnit.arm64("int8", features, asm -> new Arm64Int8Code(asm).write()));
    }
    return units;
  }
}

package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.asm.CpuFeature;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.x86.AttentionCode;
import io.github.modernbert.codegen.x86.Int8Functions;
import io.github.modernbert.codegen.x86.ProductCode;
import io.github.modernbert.codegen.x86.RowsCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * x86-64.
 *
 * @param features of the processor
 */
public record X86(Set<CpuFeature> features, KernelShape shape) implements Architecture {
  /** A processor, with the widest shape it has features for that is not forbidden. */
  static X86 of(Set<CpuFeature> features) {
    boolean wide =
        features.containsAll(KernelShape.AVX512.features())
            && Integer.getInteger(CodegenSupport.BITS_PROPERTY, 512) == 512;
    return new X86(features, wide ? KernelShape.AVX512 : KernelShape.AVX2);
  }

  @Override
  public Optional<String> obstacle() {
    return features.containsAll(shape.features())
        ? Optional.empty()
        : Optional.of("the processor has neither AVX2 with FMA nor AVX-512");
  }

  @Override
  public boolean hasInt8() {
    return shape == KernelShape.AVX512 && features.contains(CpuFeature.AVX512_VNNI);
  }

  /** Whether products of integers are done with AMX. */
  boolean amx() {
    return hasInt8() && features.contains(CpuFeature.AMX_INT8);
  }

  @Override
  public List<CodeUnit> code() {
    var units = new ArrayList<CodeUnit>();
    Set<CpuFeature> usual = shape.features();
    units.add(CodeUnit.x86("products", usual, asm -> new ProductCode(asm, shape).write()));
    units.add(CodeUnit.x86("attention", usual, asm -> new AttentionCode(asm, shape).write()));
    units.add(CodeUnit.x86("rows", usual, asm -> RowsCode.write(asm, shape)));
    if (hasInt8()) {
      units.add(CodeUnit.x86("int8", features, Int8Functions::write));
    }
    return units;
  }
}

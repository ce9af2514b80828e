package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.asm.CpuFeature;
import io.github.modernbert.codegen.asm.Listing;
import io.github.modernbert.codegen.asm.MachineCode;
import io.github.modernbert.codegen.asm.X86Assembler;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.x86.AttentionCode;
import io.github.modernbert.codegen.x86.GeluCode;
import io.github.modernbert.codegen.x86.Int8Code;
import io.github.modernbert.codegen.x86.NormCode;
import io.github.modernbert.codegen.x86.ProductCode;
import io.github.modernbert.codegen.x86.QuantizeCode;
import io.github.modernbert.codegen.x86.SplitCode;
import io.github.modernbert.kernels.WeightFormat;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

  /** Whether there are products of integers, by AVX-512 VNNI or AMX. */
  public boolean multipliesIntegers() {
    return shape == KernelShape.AVX512 && features.contains(CpuFeature.AVX512_VNNI);
  }

  /** Whether they are done with AMX. */
  public boolean amx() {
    return multipliesIntegers() && features.contains(CpuFeature.AMX_INT8);
  }

  @Override
  public Set<WeightFormat> formats() {
    return multipliesIntegers()
        ? EnumSet.allOf(WeightFormat.class)
        : EnumSet.complementOf(EnumSet.of(WeightFormat.INT8));
  }

  @Override
  public Set<FunctionGroup> groups() {
    return multipliesIntegers()
        ? EnumSet.allOf(FunctionGroup.class)
        : EnumSet.complementOf(EnumSet.of(FunctionGroup.INT8));
  }

  @Override
  public MachineCode generate(FunctionGroup group, @Nullable Listing listing) {
    var asm = new X86Assembler(group == FunctionGroup.INT8 ? features : shape.features(), listing);
    switch (group) {
      case PRODUCTS -> new ProductCode(asm, shape).write();
      case INT8 -> {
        new QuantizeCode(asm).write();
        new Int8Code(asm).write();
      }
      case ATTENTION -> new AttentionCode(asm, shape).write();
      case ROWS -> {
        new NormCode(asm, shape.width()).write();
        new SplitCode(asm, shape).write();
        new GeluCode(asm, shape).write();
      }
    }
    return asm.finish();
  }
}

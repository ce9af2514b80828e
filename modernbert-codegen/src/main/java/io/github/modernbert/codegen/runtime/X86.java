package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.asm.CpuFeature;
import io.github.modernbert.codegen.asm.Listing;
import io.github.modernbert.codegen.asm.MachineCode;
import io.github.modernbert.codegen.asm.X86Assembler;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.spec.PanelFormat;
import io.github.modernbert.codegen.x86.AttentionCode;
import io.github.modernbert.codegen.x86.GeluCode;
import io.github.modernbert.codegen.x86.Int8AttentionCode;
import io.github.modernbert.codegen.x86.Int8Code;
import io.github.modernbert.codegen.x86.Int8Instructions;
import io.github.modernbert.codegen.x86.Int8SplitCode;
import io.github.modernbert.codegen.x86.NormCode;
import io.github.modernbert.codegen.x86.PackCode;
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

  /** What multiplies 8-bit integers. */
  public Int8Instructions integers() {
    return Int8Instructions.of(features, shape.width());
  }

  @Override
  public int fewestTiles(PanelFormat format) {
    return ProductCode.fewestTiles(shape, format);
  }

  @Override
  public Set<WeightFormat> formats() {
    return EnumSet.allOf(WeightFormat.class);
  }

  @Override
  public Set<FunctionGroup> groups() {
    return EnumSet.allOf(FunctionGroup.class);
  }

  @Override
  public MachineCode generate(FunctionGroup group, @Nullable Listing listing) {
    Set<CpuFeature> allowed = EnumSet.copyOf(shape.features());
    if (group == FunctionGroup.INT8 || group == FunctionGroup.INT8_ATTENTION) {
      allowed.addAll(integers().features(shape.width()));
    }
    var asm = new X86Assembler(allowed, listing);
    switch (group) {
      case PRODUCTS -> new ProductCode(asm, shape).write();
      case INT8 -> {
        new QuantizeCode(asm, shape.width(), integers()).write();
        new Int8Code(asm, shape, integers()).write();
      }
      case ATTENTION -> new AttentionCode(asm, shape).write();
      case INT8_ATTENTION -> {
        new Int8AttentionCode(asm, shape, integers()).write();
        // Keys and values are bytes, whatever multiplies them.
        new QuantizeCode(asm, shape.width(), Int8Instructions.VNNI).write();
        new Int8SplitCode(asm, shape, integers()).write();
      }
      case ROWS -> {
        new NormCode(asm, shape.width()).write();
        new SplitCode(asm, shape).write();
        new GeluCode(asm, shape).write();
      }
      case PACKING -> new PackCode(asm, shape).write();
    }
    return asm.finish();
  }
}

package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.arm64.Arm64Int8Code;
import io.github.modernbert.codegen.arm64.Arm64ProductCode;
import io.github.modernbert.codegen.asm.Arm64Assembler;
import io.github.modernbert.codegen.asm.CpuFeature;
import io.github.modernbert.codegen.asm.Listing;
import io.github.modernbert.codegen.asm.MachineCode;
import io.github.modernbert.codegen.asm.Signature;
import io.github.modernbert.codegen.runtime.ExecutableMemory.Sealer;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.spec.PanelFormat;
import io.github.modernbert.kernels.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;
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
  private static final Signature GETAUXVAL = Signature.of("long getauxval(long type)");

  // Words of the auxiliary vector, and bits in them.
  private static final long HWCAP = 16;
  private static final int ASIMDDP = 20;
  private static final long HWCAP2 = 26;
  private static final int I8MM = 13;

  /**
   * Asks the C library for what the system told the process about the processor when it started,
   * and seals an instruction to find out whether that is possible.
   */
  static Arm64 detect(Sealer sealer) {
    var asm = new Arm64Assembler(Set.of(), null);
    asm.ret();
    MethodHandle value = SystemCalls.function(GETAUXVAL);
    try (Arena arena = Arena.ofConfined()) {
      sealer.seal(arena, asm.finish());
      long first = (long) value.invokeExact(HWCAP);
      long second = (long) value.invokeExact(HWCAP2);
      Set<CpuFeature> features = EnumSet.of(CpuFeature.NEON);
      if ((first >> ASIMDDP & 1) != 0) {
        features.add(CpuFeature.DOTPROD);
      }
      if ((second >> I8MM & 1) != 0) {
        features.add(CpuFeature.I8MM);
      }
      return new Arm64(features);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  @Override
  public Optional<String> obstacle() {
    return InstructionCache.obstacle();
  }

  @Override
  public KernelShape shape() {
    return KernelShape.NEON;
  }

  /** Nothing is prefetched, so that one will do. */
  @Override
  public int fewestTiles(PanelFormat format) {
    return 1;
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
      case ATTENTION, ROWS, PACKING ->
          throw new IllegalArgumentException("there is no code of " + group);
    }
    return asm.finish();
  }
}

package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.X86Assembler;
import io.github.modernbert.codegen.x86.AmxCode;
import io.github.modernbert.codegen.x86.PeakCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/** A loop of {@link PeakCode} in memory; public for the package that benchmarks see. */
public final class NativePeak {
  /** Steps of one call at most, so that no collector waits for long. */
  private static final int MOST_STEPS = 10_000;

  private static final int TILE_BYTES = AmxCode.ROWS * AmxCode.ROW_BYTES;

  private final MethodHandle loop;
  private final int chains;
  private final int registerBytes;

  private NativePeak(X86 processor, Consumer<PeakCode> writer, int chains, int registerBytes) {
    var asm = new X86Assembler(processor.features());
    writer.accept(new PeakCode(asm));
    loop = ExecutableMemory.seal(Arena.ofAuto(), asm.finish()).function(PeakCode.LOOP);
    this.chains = chains;
    this.registerBytes = registerBytes;
  }

  /** Fused multiply-adds of floats in the widest vectors, or empty where they cannot run. */
  public static Optional<NativePeak> multiplyAdds() {
    return of(
        x86 -> true,
        x86 -> {
          Width width = x86.shape().width();
          return vectors(x86, code -> code.writeMultiplyAdds(width), width);
        });
  }

  /** Sums of products of bytes by AVX-512 VNNI, or empty where they cannot run. */
  public static Optional<NativePeak> dots() {
    return of(X86::hasInt8, x86 -> vectors(x86, PeakCode::writeDots, Width.ZMM));
  }

  /** Sums of products of bytes by AMX, or empty where they cannot run or are switched off. */
  public static Optional<NativePeak> tiles() {
    return of(
        X86::amx,
        x86 -> new NativePeak(x86, PeakCode::writeTiles, PeakCode.TILE_CHAINS, TILE_BYTES));
  }

  private static NativePeak vectors(X86 processor, Consumer<PeakCode> writer, Width width) {
    return new NativePeak(processor, writer, PeakCode.VECTOR_CHAINS, width.bytes());
  }

  private static Optional<NativePeak> of(Predicate<X86> has, Function<X86, NativePeak> make) {
    return CodegenSupport.obstacle().isEmpty()
            && CodegenSupport.architecture() instanceof X86 x86
            && has.test(x86)
        ? Optional.of(make.apply(x86))
        : Optional.empty();
  }

  /** How many sums there are, each in a register of its own. */
  public int chains() {
    return chains;
  }

  /** Bytes of a register. */
  public int registerBytes() {
    return registerBytes;
  }

  /**
   * Runs the loop.
   *
   * @param operands two registers
   * @param sums a register for each chain, which receives its sum
   * @param steps from 1 to 10,000
   */
  public void run(MemorySegment operands, MemorySegment sums, int steps) {
    if (steps < 1 || steps > MOST_STEPS) {
      throw new IllegalArgumentException(
          "steps must be 1 to %d, found %d".formatted(MOST_STEPS, steps));
    }
    if (sums.isReadOnly()) {
      throw new IllegalArgumentException("the memory of the sums is read-only");
    }
    MemorySegment read = operands.asSlice(0, 2L * registerBytes);
    MemorySegment written = sums.asSlice(0, (long) chains * registerBytes);
    try {
      loop.invokeExact(read, written, (long) steps);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }
}

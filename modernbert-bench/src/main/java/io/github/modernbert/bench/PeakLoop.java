package io.github.modernbert.bench;

import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.X86Assembler;
import io.github.modernbert.codegen.runtime.CodegenSupport;
import io.github.modernbert.codegen.runtime.ExecutableMemory;
import io.github.modernbert.codegen.runtime.SystemCalls;
import io.github.modernbert.codegen.runtime.X86;
import io.github.modernbert.codegen.x86.AmxCode;
import io.github.modernbert.codegen.x86.Int8Instructions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * A loop of one instruction as machine code that never leaves the registers: the most a core can
 * do. Not for several threads at once.
 */
public final class PeakLoop {
  /** Instructions that there are loops of. */
  public enum Instruction {
    /** Fused multiply-adds of floats, in the widest vectors. */
    VFMADD213PS(1, 10_000),

    /** Sums of four products of bytes for each lane of the widest vectors: VNNI. */
    VPDPBUSD(4, 10_000),

    /** Products of tiles of bytes, sums of 64 for each lane: AMX. */
    TDPBUSD(64, 1000);

    private final int products;
    private final int steps;

    /**
     * @param products that are added to each lane of four bytes
     * @param steps of a run, so few that no collector waits for long
     */
    Instruction(int products, int steps) {
      this.products = products;
      this.steps = steps;
    }
  }

  /** Keeps values near where they start: denormal or infinite ones may take longer. */
  private static final float FACTOR = 0.9999f;

  private static final float TERM = 1e-4f;

  /** Each byte of the first operand, which is unsigned: above 127. */
  private static final int UNSIGNED = 200;

  /** Each byte of the second operand. */
  private static final int SIGNED = -3;

  private static final int ALL_BYTES = 0x01010101;

  private final Instruction instruction;
  private final MethodHandle loop;
  private final int chains;
  private final int lanes;
  private final MemorySegment operands;
  private final MemorySegment starts;
  private final MemorySegment sums;

  private PeakLoop(Instruction instruction, X86 processor) {
    this.instruction = instruction;
    var asm = new X86Assembler(processor.features(), null);
    var code = new PeakCode(asm);
    Width width = processor.shape().width();
    switch (instruction) {
      case VFMADD213PS -> code.writeMultiplyAdds(width);
      case VPDPBUSD -> code.writeDots(width);
      case TDPBUSD -> code.writeTiles();
    }
    loop = ExecutableMemory.seal(Arena.ofAuto(), asm.finish()).function(PeakCode.LOOP);
    boolean tiles = instruction == Instruction.TDPBUSD;
    chains = tiles ? PeakCode.TILE_CHAINS : PeakCode.VECTOR_CHAINS;
    lanes = tiles ? AmxCode.ROWS * AmxCode.ROW_BYTES / Integer.BYTES : width.floats();
    operands = MemorySegment.ofArray(new int[2 * lanes]);
    starts = MemorySegment.ofArray(new int[chains * lanes]);
    sums = MemorySegment.ofArray(new int[chains * lanes]);
    for (int i = 0; i < 2 * lanes; i++) {
      int bits =
          instruction == Instruction.VFMADD213PS
              ? Float.floatToRawIntBits(i < lanes ? FACTOR : TERM)
              : ((i < lanes ? UNSIGNED : SIGNED) & 0xFF) * ALL_BYTES;
      operands.setAtIndex(ValueLayout.JAVA_INT, i, bits);
    }
    for (int i = 0; i < chains * lanes; i++) {
      starts.setAtIndex(ValueLayout.JAVA_INT, i, start(i / lanes + 1));
    }
  }

  /**
   * A loop, or empty where the processor has no such instruction or machine code cannot run; AMX
   * can be switched off.
   */
  public static Optional<PeakLoop> of(Instruction instruction) {
    if (CodegenSupport.obstacle().isPresent()
        || !(CodegenSupport.architecture() instanceof X86 processor)) {
      return Optional.empty();
    }
    boolean has =
        switch (instruction) {
          case VFMADD213PS -> true;
          case VPDPBUSD ->
              processor
                  .features()
                  .containsAll(Int8Instructions.VNNI.features(processor.shape().width()));
          case TDPBUSD -> processor.integers() == Int8Instructions.AMX;
        };
    return has ? Optional.of(new PeakLoop(instruction, processor)) : Optional.empty();
  }

  /** Runs it once, for some ten microseconds. */
  public void run() {
    sums.copyFrom(starts);
    try {
      loop.invokeExact(operands, sums, (long) instruction.steps);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  /** Operations of one run; a product and its addition are two. */
  public long operations() {
    return 2L * instruction.products * chains * lanes * instruction.steps;
  }

  private int start(int chain) {
    return instruction == Instruction.VFMADD213PS ? Float.floatToRawIntBits(chain) : chain;
  }

  /**
   * Compares the last run with the same in Java.
   *
   * @throws IllegalStateException if it was not done, or the processor did something else
   */
  public void check() {
    for (int i = 0; i < chains * lanes; i++) {
      int expected = expected(starts.getAtIndex(ValueLayout.JAVA_INT, i));
      int found = sums.getAtIndex(ValueLayout.JAVA_INT, i);
      if (expected != found) {
        throw new IllegalStateException(
            "%s, lane %d: expected the bits %08x, found %08x"
                .formatted(instruction, i, expected, found));
      }
    }
  }

  private int expected(int start) {
    if (instruction != Instruction.VFMADD213PS) {
      return start + instruction.steps * instruction.products * UNSIGNED * SIGNED;
    }
    float value = Float.intBitsToFloat(start);
    for (int step = 0; step < instruction.steps; step++) {
      value = Math.fma(value, FACTOR, TERM);
    }
    return Float.floatToRawIntBits(value);
  }
}

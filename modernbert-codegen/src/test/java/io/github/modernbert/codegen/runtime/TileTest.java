package io.github.modernbert.codegen.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.modernbert.codegen.CodegenKernelsTest;
import io.github.modernbert.codegen.asm.CpuFeature;
import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Signature;
import io.github.modernbert.codegen.asm.Tile;
import io.github.modernbert.codegen.asm.X86Assembler;
import io.github.modernbert.codegen.x86.Int8Instructions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.EnumSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Products of tiles by the processor: the order of operands and which of them is signed. */
final class TileTest {
  private static final int ROWS = 16;
  private static final int COLUMNS = 16;
  private static final int ROW_BYTES = 64;

  static boolean hasTiles() {
    return CodegenKernelsTest.runsOnX86()
        && CodegenSupport.architecture() instanceof X86 x86
        && x86.integers() == Int8Instructions.AMX;
  }

  @Test
  @EnabledIf("hasTiles")
  void unsignedTimesSigned() throws Throwable {
    var random = new Random(7);
    var left = new byte[2 * ROWS * ROW_BYTES];
    var right = new byte[ROWS * ROW_BYTES];
    random.nextBytes(left);
    random.nextBytes(right);
    var actual = new int[3 * ROWS * COLUMNS];
    try (Arena arena = Arena.ofConfined()) {
      product(arena)
          .invokeExact(
              MemorySegment.ofArray(left),
              MemorySegment.ofArray(right),
              MemorySegment.ofArray(actual));
    }
    assertArrayEquals(expected(left, right), actual);
  }

  /** Rows of the left side are two rows apart, those of the result three. */
  private static int[] expected(byte[] left, byte[] right) {
    var sums = new int[3 * ROWS * COLUMNS];
    for (int row = 0; row < ROWS; row++) {
      for (int column = 0; column < COLUMNS; column++) {
        for (int k = 0; k < ROW_BYTES; k++) {
          int a = left[2 * row * ROW_BYTES + k] & 0xFF;
          int b = right[k / 4 * ROW_BYTES + 4 * column + k % 4];
          sums[3 * row * COLUMNS + column] += a * b;
        }
      }
    }
    return sums;
  }

  private static final Signature PRODUCT =
      Signature.of("void product(address left, address right, address sums)");

  private static MethodHandle product(Arena arena) {
    var asm = new X86Assembler(EnumSet.allOf(CpuFeature.class), null);
    var configuration = new Label();
    asm.bind(configuration);
    for (int word : configuration()) {
      asm.data(word);
    }
    asm.function(PRODUCT);
    asm.ldtilecfg(Mem.at(configuration));
    asm.mov(Gpr.RAX, ROW_BYTES);
    asm.mov(Gpr.R9, 3 * ROW_BYTES);
    asm.tileloadd(Tile.TMM7, Mem.at(Gpr.RDI, Gpr.RAX, 2, 0));
    asm.tileloadd(Tile.TMM1, Mem.at(Gpr.RSI, Gpr.RAX, 1, 0));
    // Results are cleared by loading them: their memory is all zeros.
    asm.tileloadd(Tile.TMM4, Mem.at(Gpr.RDX, Gpr.R9, 1, 0));
    asm.tdpbusd(Tile.TMM4, Tile.TMM7, Tile.TMM1);
    asm.tilestored(Mem.at(Gpr.RDX, Gpr.R9, 1, 0), Tile.TMM4);
    asm.tilerelease();
    asm.ret();
    return ExecutableMemory.seal(arena, asm.finish()).function(PRODUCT);
  }

  /** Palette 1, then bytes in a row of each tile (16 bits), then its rows (8 bits). */
  private static int[] configuration() {
    var words = new int[16];
    words[0] = 1;
    for (int i = 0; i < 4; i++) {
      words[4 + i] = ROW_BYTES << 16 | ROW_BYTES;
    }
    for (int i = 0; i < 2; i++) {
      words[12 + i] = ROWS * 0x01010101;
    }
    return words;
  }
}

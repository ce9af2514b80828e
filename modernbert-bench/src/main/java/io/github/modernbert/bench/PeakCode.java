package io.github.modernbert.bench;

import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Signature;
import io.github.modernbert.codegen.asm.Tile;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.X86Assembler;
import io.github.modernbert.codegen.asm.X86Assembler.Ternary;
import io.github.modernbert.codegen.x86.AmxCode;

/**
 * Generates loops that do nothing but one instruction, on registers alone: no kernel that needs
 * anything else beside it can be faster.
 */
final class PeakCode {
  /**
   * Runs a loop of some steps. Sums are chains that do not wait for each other; they and two
   * operands are read before the loop, one register after the other, and sums are written after it.
   * The second operand is the signed one.
   */
  static final Signature LOOP =
      Signature.of("void loop(address operands, address sums, long steps)");

  /**
   * Chains of vectors. Two units of a latency of five cycles need ten; with both operands these fit
   * into 16 registers.
   */
  static final int VECTOR_CHAINS = 12;

  /** Chains of tiles, for one unit that takes 16 cycles, with a latency of 52. */
  static final int TILE_CHAINS = 6;

  // Where the System V ABI passes arguments.
  private static final Gpr OPERANDS = Gpr.RDI;
  private static final Gpr SUMS = Gpr.RSI;
  private static final Gpr STEPS = Gpr.RDX;
  private static final Gpr DISTANCE = Gpr.RAX;

  private final X86Assembler asm;

  PeakCode(X86Assembler asm) {
    this.asm = asm;
  }

  /** Writes a loop of {@code sum = sum · first + second}, for floats. */
  void writeMultiplyAdds(Width width) {
    writeVectors(asm::vfmadd213ps, width);
  }

  /** Writes a loop of {@code sum = sum + four products of bytes}. */
  void writeDots(Width width) {
    writeVectors(asm::vpdpbusd, width);
  }

  private void writeVectors(Ternary instruction, Width width) {
    Vec first = width.register(VECTOR_CHAINS);
    Vec second = width.register(VECTOR_CHAINS + 1);
    asm.function(LOOP);
    asm.vmovups(first, Mem.at(OPERANDS, 0));
    asm.vmovups(second, Mem.at(OPERANDS, width.bytes()));
    for (int i = 0; i < VECTOR_CHAINS; i++) {
      asm.vmovups(width.register(i), Mem.at(SUMS, i * width.bytes()));
    }
    loop(() -> {
      for (int i = 0; i < VECTOR_CHAINS; i++) {
        instruction.write(width.register(i), first, second);
      }
    });
    for (int i = 0; i < VECTOR_CHAINS; i++) {
      asm.vmovups(Mem.at(SUMS, i * width.bytes()), width.register(i));
    }
    asm.vzeroupper();
    asm.ret();
  }

  /** Writes a loop of products with AMX: 16 rows by 64 bytes times 64 bytes by 16 columns. */
  void writeTiles() {
    Tile[] tiles = Tile.values();
    Tile first = tiles[TILE_CHAINS];
    Tile second = tiles[TILE_CHAINS + 1];
    int bytes = AmxCode.ROWS * AmxCode.ROW_BYTES;
    var configuration = new Label();
    AmxCode.writeConfiguration(asm, configuration);
    asm.function(LOOP);
    asm.ldtilecfg(Mem.at(configuration));
    asm.mov(DISTANCE, AmxCode.ROW_BYTES);
    asm.tileloadd(first, Mem.at(OPERANDS, DISTANCE, 1, 0));
    asm.tileloadd(second, Mem.at(OPERANDS, DISTANCE, 1, bytes));
    for (int i = 0; i < TILE_CHAINS; i++) {
      asm.tileloadd(tiles[i], Mem.at(SUMS, DISTANCE, 1, i * bytes));
    }
    loop(() -> {
      for (int i = 0; i < TILE_CHAINS; i++) {
        asm.tdpbusd(tiles[i], first, second);
      }
    });
    for (int i = 0; i < TILE_CHAINS; i++) {
      asm.tilestored(Mem.at(SUMS, DISTANCE, 1, i * bytes), tiles[i]);
    }
    asm.tilerelease();
    asm.ret();
  }

  private void loop(Runnable body) {
    asm.align(64);
    Label next = asm.label();
    body.run();
    asm.dec(STEPS);
    asm.jne(next);
  }
}

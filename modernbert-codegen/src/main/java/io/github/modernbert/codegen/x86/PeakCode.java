package io.github.modernbert.codegen.x86;

import io.github.modernbert.codegen.asm.Assembler;
import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.ScalarOp.Condition;
import io.github.modernbert.codegen.asm.Tile;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.VectorOp;
import io.github.modernbert.codegen.asm.Width;

/**
 * Loops that do nothing but one instruction, on registers alone: no kernel that needs anything else
 * beside it can be faster.
 *
 * <pre>{@code
 * void loop(operands, sums, steps)
 * }</pre>
 *
 * Sums are chains that do not wait for each other; they and two operands are read before and
 * written after the loop, one register after the other. The second operand is the signed one.
 */
public final class PeakCode {
  /** Two units of a latency of five cycles need ten; with both operands they fit into 16. */
  public static final int VECTOR_CHAINS = 12;

  /** One unit that takes 16 cycles, with a latency of 52. */
  public static final int TILE_CHAINS = 6;

  private static final Gpr OPERANDS = Gpr.RDI;
  private static final Gpr SUMS = Gpr.RSI;
  private static final Gpr STEPS = Gpr.RDX;
  private static final Gpr DISTANCE = Gpr.RAX;

  private final Assembler asm = new Assembler();
  private final Label entry = new Label();

  /** Where the code begins. */
  public Label entry() {
    return entry;
  }

  /** {@code sum = sum · first + second}, for floats. */
  public byte[] multiplyAdds(Width width) {
    return vectors(VectorOp.VFMADD213PS, width);
  }

  /** {@code sum = sum + four products of bytes}. */
  public byte[] dots(Width width) {
    return vectors(VectorOp.VPDPBUSD, width);
  }

  private byte[] vectors(VectorOp op, Width width) {
    Vec first = width.register(VECTOR_CHAINS);
    Vec second = width.register(VECTOR_CHAINS + 1);
    asm.bind(entry);
    asm.emit(VectorOp.VMOVUPS_LOAD, first, Mem.at(OPERANDS, 0));
    asm.emit(VectorOp.VMOVUPS_LOAD, second, Mem.at(OPERANDS, width.bytes()));
    for (int i = 0; i < VECTOR_CHAINS; i++) {
      asm.emit(VectorOp.VMOVUPS_LOAD, width.register(i), Mem.at(SUMS, i * width.bytes()));
    }
    loop(() -> {
      for (int i = 0; i < VECTOR_CHAINS; i++) {
        asm.emit(op, width.register(i), first, second);
      }
    });
    for (int i = 0; i < VECTOR_CHAINS; i++) {
      asm.emit(VectorOp.VMOVUPS_STORE, Mem.at(SUMS, i * width.bytes()), width.register(i));
    }
    asm.vzeroupper();
    asm.ret();
    return asm.finish();
  }

  /** The same with AMX: 16 rows by 64 bytes times 64 bytes by 16 columns. */
  public byte[] tiles() {
    Tile[] tiles = Tile.values();
    Tile first = tiles[TILE_CHAINS];
    Tile second = tiles[TILE_CHAINS + 1];
    int bytes = AmxCode.ROWS * AmxCode.ROW_BYTES;
    var configuration = new Label();
    AmxCode.writeConfiguration(asm, configuration);
    asm.bind(entry);
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
    return asm.finish();
  }

  private void loop(Runnable body) {
    var next = new Label();
    asm.align(64);
    asm.bind(next);
    body.run();
    asm.dec(STEPS);
    asm.jump(Condition.NOT_EQUAL, next);
  }
}

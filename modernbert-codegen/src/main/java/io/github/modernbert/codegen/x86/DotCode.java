package io.github.modernbert.codegen.x86;

import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.X86Assembler;
import java.util.Arrays;

/** Products of integers with AVX-512 VNNI: some rows with one panel, tile after tile. */
final class DotCode implements Int8Tiles {
  /** The rows from which on the next tile is as high as it can be. */
  private static final int MANY = 2 * DotTileCode.MAX_ROWS;

  private static final Gpr TEMP = Gpr.RBX;
  private static final Gpr TABLE = Gpr.R10;

  private final X86Assembler asm;
  private final Label table = new Label();

  DotCode(X86Assembler asm) {
    this.asm = asm;
  }

  @Override
  public void write(Label rows) {
    writeTiles();
    asm.align(64);
    asm.bind(rows);
    var many = new Label();
    asm.mov(TEMP, Int8Code.ROWS_LEFT);
    asm.cmp(TEMP, MANY);
    asm.jle(many);
    asm.mov(TEMP, MANY);
    asm.bind(many);
    asm.lea(TABLE, Mem.at(table));
    asm.add(TABLE, Mem.at(TABLE, TEMP, Long.BYTES, 0));
    asm.call(TABLE);
    asm.mov(Int8Code.PREFETCH, 0);
    asm.mov(TEMP, Int8Code.ROWS_LEFT);
    asm.test(TEMP, TEMP);
    asm.jne(rows);
    asm.ret();
  }

  /**
   * Writes the code of tiles and a table of the tile to take for so many rows: those that fit into
   * two tiles are done in two of about the same height.
   */
  private void writeTiles() {
    int[] pieces =
        asm.pieces(64, 1, DotTileCode.MAX_ROWS, height -> new DotTileCode(asm, height).write());
    int[] positions = Arrays.copyOf(pieces, MANY + 1);
    for (int left = DotTileCode.MAX_ROWS + 1; left <= MANY; left++) {
      positions[left] = positions[Math.ceilDiv(left, 2)];
    }
    asm.align(64);
    asm.table(table, positions);
  }
}

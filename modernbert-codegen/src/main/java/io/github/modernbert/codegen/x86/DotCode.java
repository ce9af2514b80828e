package io.github.modernbert.codegen.x86;

import io.github.modernbert.codegen.asm.Assembler;
import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.ScalarOp.Arithmetic;
import io.github.modernbert.codegen.asm.ScalarOp.Condition;

/** Products of integers with AVX-512 VNNI: some rows with one panel, tile after tile. */
final class DotCode {
  /** With so many rows left or more, the next tile is as high as may be. */
  private static final int MANY = 2 * DotTileCode.MAX_ROWS;

  private static final Gpr TEMP = Gpr.RBX;
  private static final Gpr TABLE = Gpr.R10;

  private final Assembler asm;
  private final Label table = new Label();

  DotCode(Assembler asm) {
    this.asm = asm;
  }

  void write(Label rows) {
    writeTiles();
    asm.align(64);
    asm.bind(rows);
    var many = new Label();
    asm.mov(TEMP, Int8Code.ROWS_LEFT);
    asm.arithmetic(Arithmetic.CMP, TEMP, MANY);
    asm.jump(Condition.LESS_OR_EQUAL, many);
    asm.mov(TEMP, MANY);
    asm.bind(many);
    asm.lea(TABLE, Mem.at(table));
    asm.arithmetic(Arithmetic.ADD, TABLE, Mem.at(TABLE, TEMP, Long.BYTES, 0));
    asm.call(TABLE);
    asm.mov(Int8Code.PREFETCH, 0);
    asm.mov(TEMP, Int8Code.ROWS_LEFT);
    asm.test(TEMP, TEMP);
    asm.jump(Condition.NOT_EQUAL, rows);
    asm.ret();
  }

  /**
   * The code of tiles, and a table of where that for so many rows is, as distances from the table:
   * what fits into two tiles is done in two of about the same height.
   */
  private void writeTiles() {
    var positions = new int[MANY + 1];
    for (int height = 1; height <= DotTileCode.MAX_ROWS; height++) {
      asm.align(64);
      positions[height] = asm.size();
      new DotTileCode(asm, height).write();
    }
    for (int left = DotTileCode.MAX_ROWS + 1; left <= MANY; left++) {
      positions[left] = positions[Math.ceilDiv(left, 2)];
    }
    asm.align(64);
    asm.table(table, positions);
  }
}

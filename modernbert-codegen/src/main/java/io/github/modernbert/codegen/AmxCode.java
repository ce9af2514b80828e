package io.github.modernbert.codegen;

import static io.github.modernbert.codegen.Int8Finish.VECTORS;

import io.github.modernbert.codegen.ScalarOp.Arithmetic;
import io.github.modernbert.codegen.ScalarOp.Cache;
import io.github.modernbert.codegen.ScalarOp.Condition;

/**
 * Products of integers with AMX: tiles of 16 rows by 64 bytes. Of two tiles of rows and two of a
 * panel, four become sums over the whole depth; these go to memory, and from there through {@link
 * Int8Finish}. Rows are read in whole tiles: up to {@link #MAX_ROWS} − 1 more than there are.
 */
final class AmxCode {
  /** Rows that are done together. */
  static final int MAX_ROWS = 32;

  static final int TILE_ROWS = 16;
  static final int TILE_BYTES = 64;
  private static final int SUM_ROW_BYTES = VECTORS * TILE_BYTES;

  /** Memory for sums. */
  static final int SUMS_BYTES = MAX_ROWS * SUM_ROW_BYTES;

  /** Integers of four input features and a panel's output features. */
  private static final int PANEL_ROW_BYTES = VECTORS * TILE_BYTES;

  private static final Gpr A = Gpr.R10;
  private static final Gpr DISTANCE = Gpr.R11;
  private static final Gpr B = Gpr.RBX;
  private static final Gpr LEFT = Gpr.RAX;

  private static final Tile[] SUM = {Tile.TMM0, Tile.TMM1, Tile.TMM2, Tile.TMM3};
  private static final Tile[] ROWS = {Tile.TMM4, Tile.TMM5};
  private static final Tile[] WEIGHTS = {Tile.TMM6, Tile.TMM7};

  private final Assembler asm;
  private final Label configuration = new Label();

  AmxCode(Assembler asm) {
    this.asm = asm;
  }

  /** Once before products. */
  void begin() {
    asm.ldtilecfg(Mem.at(configuration));
  }

  /** Once after products. */
  void end() {
    asm.tilerelease();
  }

  void write(Label rows) {
    writeConfiguration(asm, configuration);
    asm.bind(rows);
    var few = new Label();
    var finish = new Label();
    asm.mov(LEFT, Int8Code.ROWS_LEFT);
    asm.arithmetic(Arithmetic.CMP, LEFT, TILE_ROWS);
    asm.jump(Condition.LESS_OR_EQUAL, few);
    writeSums(2);
    asm.jump(finish);
    asm.bind(few);
    writeSums(1);
    asm.bind(finish);
    writeFinish();
    asm.mov(Int8Code.PREFETCH, 0);
    asm.arithmetic(Arithmetic.ADD, Int8Code.ROWS, MAX_ROWS * QuantizeCode.ROW_BYTES);
    asm.mov(LEFT, Int8Code.ROWS_LEFT);
    asm.arithmetic(Arithmetic.SUB, LEFT, MAX_ROWS);
    asm.mov(Int8Code.ROWS_LEFT, LEFT);
    asm.jump(Condition.GREATER, rows);
    asm.ret();
  }

  /** Palette 1; all tiles have 16 rows of 64 bytes. */
  static void writeConfiguration(Assembler asm, Label configuration) {
    asm.align(64);
    asm.bind(configuration);
    asm.data(1);
    for (int i = 4; i < 16; i += Integer.BYTES) {
      asm.data(0);
    }
    for (int tile = 0; tile < 16; tile += 2) {
      asm.data(tile < Tile.values().length ? TILE_BYTES << 16 | TILE_BYTES : 0);
    }
    for (int tile = 0; tile < 16; tile += 4) {
      asm.data(tile < Tile.values().length ? TILE_ROWS * 0x01010101 : 0);
    }
    asm.align(64);
  }

  private void writeSums(int heights) {
    for (int i = 0; i < heights * VECTORS; i++) {
      asm.tilezero(SUM[i]);
    }
    asm.mov(A, Int8Code.ROWS);
    asm.mov(B, Int8Code.PANEL);
    asm.mov(DISTANCE, QuantizeCode.ROW_BYTES);
    asm.mov(LEFT, Int8Code.DEPTH);
    var block = new Label();
    var fetched = new Label();
    asm.align(32);
    asm.bind(block);
    for (int v = 0; v < VECTORS; v++) {
      asm.tileloadd(WEIGHTS[v], Mem.at(B, DISTANCE, 2, v * TILE_BYTES));
    }
    for (int h = 0; h < heights; h++) {
      int at = h * TILE_ROWS * QuantizeCode.ROW_BYTES;
      asm.tileloadd(ROWS[h], Mem.at(A, DISTANCE, 1, at));
      for (int v = 0; v < VECTORS; v++) {
        asm.tdpbusd(SUM[h * VECTORS + v], ROWS[h], WEIGHTS[v]);
      }
    }
    asm.test(Int8Code.PREFETCH, Int8Code.PREFETCH);
    asm.jump(Condition.EQUAL, fetched);
    for (int at = 0; at < TILE_ROWS * PANEL_ROW_BYTES; at += TILE_BYTES) {
      asm.prefetch(Cache.T1, Mem.at(B, Int8Code.PREFETCH, 1, at));
    }
    asm.bind(fetched);
    asm.arithmetic(Arithmetic.ADD, A, Int8Code.BLOCK_STRIDE);
    asm.arithmetic(Arithmetic.ADD, B, TILE_ROWS * PANEL_ROW_BYTES);
    asm.arithmetic(Arithmetic.SUB, LEFT, QuantizeCode.ROW_BYTES);
    asm.jump(Condition.GREATER, block);
    asm.mov(A, Int8Code.SUMS);
    for (int h = 0; h < heights; h++) {
      for (int v = 0; v < VECTORS; v++) {
        int at = h * TILE_ROWS * SUM_ROW_BYTES + v * TILE_BYTES;
        asm.tilestored(Mem.at(A, DISTANCE, 2, at), SUM[h * VECTORS + v]);
      }
    }
  }

  /** The rows of a block that are there. */
  private void writeFinish() {
    var whole = new Label();
    var row = new Label();
    asm.mov(A, Int8Code.SUMS);
    asm.mov(B, Int8Code.ROWS_LEFT);
    asm.arithmetic(Arithmetic.CMP, B, MAX_ROWS);
    asm.jump(Condition.LESS_OR_EQUAL, whole);
    asm.mov(B, MAX_ROWS);
    asm.bind(whole);
    asm.bind(row);
    var sums = new Vec[VECTORS];
    for (int v = 0; v < VECTORS; v++) {
      sums[v] = Width.ZMM.register(v);
      asm.emit(VectorOp.VMOVUPS_LOAD, sums[v], Int8Finish.vector(A, v));
    }
    new Int8Finish(asm).write(sums);
    asm.arithmetic(Arithmetic.ADD, A, SUM_ROW_BYTES);
    asm.dec(B);
    asm.jump(Condition.NOT_EQUAL, row);
  }
}

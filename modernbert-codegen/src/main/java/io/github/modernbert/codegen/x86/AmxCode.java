package io.github.modernbert.codegen.x86;

import static io.github.modernbert.codegen.x86.Int8Finish.VECTORS;

import io.github.modernbert.codegen.asm.Assembler;
import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.ScalarOp.Arithmetic;
import io.github.modernbert.codegen.asm.ScalarOp.Cache;
import io.github.modernbert.codegen.asm.ScalarOp.Condition;
import io.github.modernbert.codegen.asm.Tile;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.VectorOp;
import io.github.modernbert.codegen.asm.Width;

/**
 * Products of integers with AMX: tiles of 16 rows by 64 bytes. One of rows and two of a panel
 * become two of sums over the whole depth; these go to memory, and from there through {@link
 * Int8Finish}. Rows are read in whole tiles: up to {@link #ROWS} − 1 more than there are.
 *
 * <p>Two tiles of rows would load each tile of the panel half as often; but then rows and panel do
 * not fit into the first-level cache together, and products take 15 % longer.
 */
public final class AmxCode {
  /** Rows of a tile. */
  public static final int ROWS = 16;

  public static final int ROW_BYTES = 64;

  /** Four input features of a panel, or sums of a row. */
  private static final int PANEL_ROW_BYTES = VECTORS * ROW_BYTES;

  /** Memory for sums. */
  public static final int SUMS_BYTES = ROWS * PANEL_ROW_BYTES;

  private static final int ALL_GIVEN =
      Int8Code.GIVEN_EXTRAS + Int8Code.GIVEN_BIAS + Int8Code.GIVEN_RESIDUAL;

  private static final Gpr A = Gpr.R10;
  private static final Gpr DISTANCE = Gpr.R11;
  private static final Gpr B = Gpr.RBX;
  private static final Gpr LEFT = Gpr.RAX;

  private static final Tile[] SUM = {Tile.TMM0, Tile.TMM1};
  private static final Tile[] WEIGHTS = {Tile.TMM2, Tile.TMM3};
  private static final Tile INPUT = Tile.TMM4;

  private final Assembler asm;
  private final Label configuration = new Label();
  private final Label finishes = new Label();

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
    writeFinishes();
    asm.align(64);
    asm.bind(rows);
    writeSums();
    asm.mov(LEFT, Int8Code.FINISH);
    asm.lea(A, Mem.at(finishes));
    asm.arithmetic(Arithmetic.ADD, A, Mem.at(A, LEFT, Long.BYTES, 0));
    asm.call(A);
    asm.mov(Int8Code.PREFETCH, 0);
    asm.arithmetic(Arithmetic.ADD, Int8Code.ROWS, ROWS * QuantizeCode.ROW_BYTES);
    asm.mov(LEFT, Int8Code.ROWS_LEFT);
    asm.arithmetic(Arithmetic.SUB, LEFT, ROWS);
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
      asm.data(tile < Tile.values().length ? ROW_BYTES << 16 | ROW_BYTES : 0);
    }
    for (int tile = 0; tile < 16; tile += 4) {
      asm.data(tile < Tile.values().length ? ROWS * 0x01010101 : 0);
    }
    asm.align(64);
  }

  private void writeSums() {
    asm.mov(LEFT, 0);
    for (int v = 0; v < VECTORS; v++) {
      // The same row 16 times.
      asm.tileloadd(SUM[v], Mem.at(Int8Finish.SHIFTS, LEFT, 1, v * ROW_BYTES));
    }
    asm.mov(A, Int8Code.ROWS);
    asm.mov(B, Int8Code.PANEL);
    asm.mov(DISTANCE, QuantizeCode.ROW_BYTES);
    asm.mov(LEFT, Int8Code.DEPTH);
    var block = new Label();
    var fetched = new Label();
    asm.align(32);
    asm.bind(block);
    asm.tileloadd(INPUT, Mem.at(A, DISTANCE, 1, 0));
    for (int v = 0; v < VECTORS; v++) {
      asm.tileloadd(WEIGHTS[v], Mem.at(B, DISTANCE, 2, v * ROW_BYTES));
      asm.tdpbusd(SUM[v], INPUT, WEIGHTS[v]);
    }
    asm.test(Int8Code.PREFETCH, Int8Code.PREFETCH);
    asm.jump(Condition.EQUAL, fetched);
    for (int at = 0; at < ROWS * PANEL_ROW_BYTES; at += ROW_BYTES) {
      asm.prefetch(Cache.T1, Mem.at(B, Int8Code.PREFETCH, 1, at));
    }
    asm.bind(fetched);
    asm.arithmetic(Arithmetic.ADD, A, Int8Code.BLOCK_STRIDE);
    asm.arithmetic(Arithmetic.ADD, B, ROWS * PANEL_ROW_BYTES);
    asm.arithmetic(Arithmetic.SUB, LEFT, QuantizeCode.ROW_BYTES);
    asm.jump(Condition.GREATER, block);
    asm.mov(A, Int8Code.SUMS);
    for (int v = 0; v < VECTORS; v++) {
      asm.tilestored(Mem.at(A, DISTANCE, 2, v * ROW_BYTES), SUM[v]);
    }
  }

  /** Code for each combination of what is given, and a table of their distances from it. */
  private void writeFinishes() {
    var positions = new int[ALL_GIVEN + 1];
    for (int given = 0; given <= ALL_GIVEN; given++) {
      asm.align(32);
      positions[given] = asm.size();
      writeFinish(
          new Int8Finish(
              asm,
              (given & Int8Code.GIVEN_EXTRAS) != 0,
              (given & Int8Code.GIVEN_BIAS) != 0,
              (given & Int8Code.GIVEN_RESIDUAL) != 0));
    }
    asm.align(Long.BYTES);
    asm.table(finishes, positions);
  }

  /** The rows of a tile that are there. */
  private void writeFinish(Int8Finish finish) {
    var whole = new Label();
    var row = new Label();
    asm.mov(A, Int8Code.SUMS);
    asm.mov(B, Int8Code.ROWS_LEFT);
    asm.arithmetic(Arithmetic.CMP, B, ROWS);
    asm.jump(Condition.LESS_OR_EQUAL, whole);
    asm.mov(B, ROWS);
    asm.bind(whole);
    asm.bind(row);
    var sums = new Vec[VECTORS];
    for (int v = 0; v < VECTORS; v++) {
      sums[v] = Width.ZMM.register(v);
      asm.emit(VectorOp.VMOVUPS_LOAD, sums[v], Int8Finish.vector(A, v));
    }
    finish.write(sums);
    asm.arithmetic(Arithmetic.ADD, A, PANEL_ROW_BYTES);
    asm.dec(B);
    asm.jump(Condition.NOT_EQUAL, row);
    asm.ret();
  }
}

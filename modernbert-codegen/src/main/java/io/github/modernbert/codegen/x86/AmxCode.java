package io.github.modernbert.codegen.x86;

import static io.github.modernbert.codegen.x86.Int8Finish.VECTORS;

import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Tile;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.X86Assembler;

/**
 * Products of integers with AMX: tiles of 16 rows by 64 bytes. One tile of rows and two of a panel
 * are multiplied to two tiles of sums over the whole depth; these go to memory, and from there
 * through {@link Int8Finish}. Rows are read in whole tiles: up to {@link #ROWS} − 1 more than there
 * are.
 *
 * <p>Two tiles of rows would load each tile of the panel half as often; but then rows and panel do
 * not fit into the first-level cache together, and products take 15 % longer.
 */
public final class AmxCode implements Int8Tiles {
  /** Rows of a tile. */
  public static final int ROWS = 16;

  /** Bytes of a row of a tile. */
  public static final int ROW_BYTES = 64;

  /** Bytes of four input features of a panel, or of a row of sums. */
  private static final int PANEL_ROW_BYTES = VECTORS * ROW_BYTES;

  /** Bytes of memory for sums. */
  public static final int SUMS_BYTES = ROWS * PANEL_ROW_BYTES;

  private static final int ALL_GIVEN =
      Int8Code.GIVEN_EXTRAS + Int8Code.GIVEN_BIAS + Int8Code.GIVEN_RESIDUAL;

  /** Distance from weights to those that are prefetched; 0 when that is done. */
  private static final Gpr PREFETCH = Int8Code.PREFETCH;

  private static final Gpr A = Gpr.R10;
  private static final Gpr DISTANCE = Gpr.R11;
  private static final Gpr B = Gpr.RBX;
  private static final Gpr LEFT = Gpr.RAX;

  private static final Tile[] SUM = {Tile.TMM0, Tile.TMM1};
  private static final Tile[] WEIGHTS = {Tile.TMM2, Tile.TMM3};
  private static final Tile INPUT = Tile.TMM4;

  private final X86Assembler asm;
  private final Label configuration = new Label();
  private final Label finishes = new Label();

  AmxCode(X86Assembler asm) {
    this.asm = asm;
  }

  @Override
  public void beginPanel() {
    asm.mov(PREFETCH, Int8Code.PANEL_BYTES);
  }

  @Override
  public void begin() {
    asm.ldtilecfg(Mem.at(configuration));
  }

  @Override
  public void end() {
    asm.tilerelease();
  }

  @Override
  public void write(Label rows) {
    writeConfiguration(asm, configuration);
    writeFinishes();
    asm.align(64);
    asm.bind(rows);
    writeSums();
    asm.mov(LEFT, Int8Code.FINISH);
    asm.lea(A, Mem.at(finishes));
    asm.add(A, Mem.at(A, LEFT, Long.BYTES, 0));
    asm.call(A);
    asm.mov(PREFETCH, 0);
    asm.add(Int8Code.ROWS, ROWS * ROW_BYTES);
    asm.mov(LEFT, Int8Code.ROWS_LEFT);
    asm.sub(LEFT, ROWS);
    asm.mov(Int8Code.ROWS_LEFT, LEFT);
    asm.jg(rows);
    asm.ret();
  }

  /** Writes the shapes of tiles: palette 1; all tiles have 16 rows of 64 bytes. */
  public static void writeConfiguration(X86Assembler asm, Label configuration) {
    asm.align(64);
    asm.bind(configuration);
    asm.data(1);
    asm.data(0, 3);
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
    asm.mov(DISTANCE, ROW_BYTES);
    asm.mov(LEFT, Int8Code.DEPTH);
    var fetched = new Label();
    asm.align(32);
    Label block = asm.label();
    asm.tileloadd(INPUT, Mem.at(A, DISTANCE, 1, 0));
    for (int v = 0; v < VECTORS; v++) {
      asm.tileloadd(WEIGHTS[v], Mem.at(B, DISTANCE, 2, v * ROW_BYTES));
      asm.tdpbusd(SUM[v], INPUT, WEIGHTS[v]);
    }
    asm.test(PREFETCH, PREFETCH);
    asm.je(fetched);
    for (int at = 0; at < ROWS * PANEL_ROW_BYTES; at += ROW_BYTES) {
      asm.prefetcht1(Mem.at(B, PREFETCH, 1, at));
    }
    asm.bind(fetched);
    asm.add(A, Int8Code.BLOCK_STRIDE);
    asm.add(B, ROWS * PANEL_ROW_BYTES);
    asm.sub(LEFT, ROW_BYTES);
    asm.jg(block);
    asm.mov(A, Int8Code.SUMS);
    for (int v = 0; v < VECTORS; v++) {
      asm.tilestored(Mem.at(A, DISTANCE, 2, v * ROW_BYTES), SUM[v]);
    }
  }

  /** Writes code for each combination of operands that are given, and a table of it. */
  private void writeFinishes() {
    int[] positions =
        asm.pieces(
            32,
            0,
            ALL_GIVEN,
            given ->
                writeFinish(
                    new Int8Finish(
                        asm,
                        Width.ZMM,
                        (given & Int8Code.GIVEN_EXTRAS) != 0,
                        (given & Int8Code.GIVEN_BIAS) != 0,
                        (given & Int8Code.GIVEN_RESIDUAL) != 0)));
    asm.align(Long.BYTES);
    asm.table(finishes, positions);
  }

  /** Finishes the rows of a tile that exist. */
  private void writeFinish(Int8Finish finish) {
    asm.mov(A, Int8Code.SUMS);
    asm.mov(B, Int8Code.ROWS_LEFT);
    Macros.atMost(asm, B, ROWS);
    Label row = asm.label();
    var sums = new Vec[VECTORS];
    for (int v = 0; v < VECTORS; v++) {
      sums[v] = Width.ZMM.register(v);
      asm.vmovups(sums[v], finish.vector(A, v));
    }
    finish.write(Width.ZMM.register(VECTORS), sums);
    asm.add(A, PANEL_ROW_BYTES);
    asm.dec(B);
    asm.jne(row);
    asm.ret();
  }
}

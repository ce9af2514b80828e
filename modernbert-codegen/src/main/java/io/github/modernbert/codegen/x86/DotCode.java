package io.github.modernbert.codegen.x86;

import static io.github.modernbert.codegen.x86.Int8Finish.VECTORS;

import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.X86Assembler;
import io.github.modernbert.codegen.spec.KernelShape;
import java.util.Arrays;

/**
 * Products of integers with AVX-512 VNNI: some rows with one panel, tile after tile. For each
 * height of a tile there is one piece of code that multiplies so many rows over the whole depth,
 * all sums in registers.
 */
final class DotCode implements Int8Tiles {
  /** The registers of tiles, as for products of floats. */
  private static final KernelShape SHAPE = KernelShape.AVX512;

  /** The rows from which on the next tile is as high as it can be. */
  private static final int MANY = 2 * SHAPE.rows();

  private static final Gpr TABLE = Gpr.R10;
  private static final Gpr ELEMENT = Gpr.R10;
  private static final Gpr PANEL_ROW = Gpr.R11;
  private static final Gpr COUNT = Gpr.RBX;
  private static final Gpr LEFT = Gpr.RAX;

  /** Integers that one lane multiplies at once. */
  private static final int GROUP = 4;

  /** Groups of a block: a row of it is one cache line. */
  private static final int STEPS = QuantizeCode.ROW_BYTES / GROUP;

  private static final int UNROLLED = 4;
  private static final int LINE = 64;
  private static final int STEP_BYTES = VECTORS * LINE;

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
    asm.mov(COUNT, Int8Code.ROWS_LEFT);
    Macros.atMost(asm, COUNT, MANY);
    asm.lea(TABLE, Mem.at(table));
    asm.add(TABLE, Mem.at(TABLE, COUNT, Long.BYTES, 0));
    asm.call(TABLE);
    asm.mov(Int8Code.PREFETCH, 0);
    asm.mov(COUNT, Int8Code.ROWS_LEFT);
    asm.test(COUNT, COUNT);
    asm.jne(rows);
    asm.ret();
  }

  /**
   * Writes the code of tiles and a table of the tile to take for so many rows: those that fit into
   * two tiles are done in two of about the same height.
   */
  private void writeTiles() {
    int[] pieces = asm.pieces(64, 1, SHAPE.rows(), this::writeTile);
    int[] positions = Arrays.copyOf(pieces, MANY + 1);
    for (int left = SHAPE.rows() + 1; left <= MANY; left++) {
      positions[left] = positions[Math.ceilDiv(left, 2)];
    }
    asm.align(64);
    asm.table(table, positions);
  }

  private void writeTile(int height) {
    for (int row = 0; row < height; row++) {
      for (int v = 0; v < VECTORS; v++) {
        asm.vmovups(SHAPE.sum(row, v), Int8Finish.vector(Int8Finish.SHIFTS, v));
      }
    }
    asm.mov(ELEMENT, Int8Code.ROWS);
    asm.mov(PANEL_ROW, Int8Code.PANEL);
    asm.mov(LEFT, Int8Code.DEPTH);
    asm.align(32);
    Label block = asm.label();
    asm.mov(COUNT, STEPS / UNROLLED);
    Label steps = asm.label();
    for (int step = 0; step < UNROLLED; step++) {
      multiply(height, step);
    }
    asm.add(ELEMENT, UNROLLED * GROUP);
    asm.add(PANEL_ROW, UNROLLED * STEP_BYTES);
    asm.dec(COUNT);
    asm.jne(steps);
    asm.sub(ELEMENT, QuantizeCode.ROW_BYTES);
    asm.add(ELEMENT, Int8Code.BLOCK_STRIDE);
    asm.sub(LEFT, QuantizeCode.ROW_BYTES);
    asm.jg(block);
    var finish = new Int8Finish(asm, true, true, true);
    for (int row = 0; row < height; row++) {
      finish.write(SHAPE.sum(row, 0), SHAPE.sum(row, 1));
    }
    asm.add(Int8Code.ROWS, height * QuantizeCode.ROW_BYTES);
    asm.mov(LEFT, Int8Code.ROWS_LEFT);
    asm.sub(LEFT, height);
    asm.mov(Int8Code.ROWS_LEFT, LEFT);
    asm.ret();
  }

  private void multiply(int height, int step) {
    for (int v = 0; v < VECTORS; v++) {
      asm.vmovups(SHAPE.panel(v), Mem.at(PANEL_ROW, step * STEP_BYTES + v * LINE));
    }
    // The next panel, which begins where this one ends.
    asm.prefetcht1(Mem.at(PANEL_ROW, Int8Code.PREFETCH, 1, step * STEP_BYTES));
    asm.prefetcht1(Mem.at(PANEL_ROW, Int8Code.PREFETCH, 1, step * STEP_BYTES + LINE));
    for (int row = 0; row < height; row++) {
      int at = row * QuantizeCode.ROW_BYTES + step * GROUP;
      asm.vbroadcastss(SHAPE.element(row), Mem.at(ELEMENT, at));
      for (int v = 0; v < VECTORS; v++) {
        asm.vpdpbusd(SHAPE.sum(row, v), SHAPE.element(row), SHAPE.panel(v));
      }
    }
  }
}

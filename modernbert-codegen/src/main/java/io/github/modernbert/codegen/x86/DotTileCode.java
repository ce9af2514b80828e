package io.github.modernbert.codegen.x86;

import static io.github.modernbert.codegen.x86.Int8Finish.VECTORS;

import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.X86Assembler;

/**
 * The innermost loop of products of integers with AVX-512 VNNI: for each height one piece of code
 * that multiplies so many rows with a panel over the whole depth, all sums in registers.
 */
final class DotTileCode {
  /** Rows of the highest tile: 28 registers are sums, two hold weights, two elements in turn. */
  static final int MAX_ROWS = 14;

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
  private final int height;

  DotTileCode(X86Assembler asm, int height) {
    this.asm = asm;
    this.height = height;
  }

  void write() {
    for (int row = 0; row < height; row++) {
      for (int v = 0; v < VECTORS; v++) {
        asm.vmovups(sum(row, v), Int8Finish.vector(Int8Finish.SHIFTS, v));
      }
    }
    asm.mov(ELEMENT, Int8Code.ROWS);
    asm.mov(PANEL_ROW, Int8Code.PANEL);
    asm.mov(LEFT, Int8Code.DEPTH);
    var block = new Label();
    var steps = new Label();
    asm.align(32);
    asm.bind(block);
    asm.mov(COUNT, STEPS / UNROLLED);
    asm.bind(steps);
    for (int step = 0; step < UNROLLED; step++) {
      multiply(step);
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
      finish.write(sum(row, 0), sum(row, 1));
    }
    asm.add(Int8Code.ROWS, height * QuantizeCode.ROW_BYTES);
    asm.mov(LEFT, Int8Code.ROWS_LEFT);
    asm.sub(LEFT, height);
    asm.mov(Int8Code.ROWS_LEFT, LEFT);
    asm.ret();
  }

  private void multiply(int step) {
    for (int v = 0; v < VECTORS; v++) {
      asm.vmovups(weights(v), Mem.at(PANEL_ROW, step * STEP_BYTES + v * LINE));
    }
    // The next panel, which begins where this one ends.
    asm.prefetcht1(Mem.at(PANEL_ROW, Int8Code.PREFETCH, 1, step * STEP_BYTES));
    asm.prefetcht1(Mem.at(PANEL_ROW, Int8Code.PREFETCH, 1, step * STEP_BYTES + LINE));
    for (int row = 0; row < height; row++) {
      int at = row * QuantizeCode.ROW_BYTES + step * GROUP;
      asm.vbroadcastss(element(row), Mem.at(ELEMENT, at));
      for (int v = 0; v < VECTORS; v++) {
        asm.vpdpbusd(sum(row, v), element(row), weights(v));
      }
    }
  }

  private static Vec sum(int row, int v) {
    return Width.ZMM.register(row * VECTORS + v);
  }

  private static Vec weights(int v) {
    return Width.ZMM.register(MAX_ROWS * VECTORS + v);
  }

  private static Vec element(int row) {
    return Width.ZMM.register((MAX_ROWS + 1) * VECTORS + row % 2);
  }
}

package io.github.modernbert.codegen.x86;

import static io.github.modernbert.codegen.x86.Int8Finish.VECTORS;
import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.X86Assembler;
import io.github.modernbert.codegen.spec.KernelShape;
import java.util.Arrays;

/**
 * Products of integers in vectors: some rows with one panel, tile after tile. For each height of a
 * tile there is one piece of code that multiplies so many rows over the whole depth, all sums in
 * registers. Tiles prefetch the next panel, each an equal share of it, so that memory has the time
 * of all of them.
 */
final class DotCode implements Int8Tiles {
  /** What is next to be prefetched; moves on. */
  private static final Gpr PREFETCH = Int8Code.PREFETCH;

  private static final Gpr TABLE = Gpr.R10;
  private static final Gpr ELEMENT = Gpr.R10;
  private static final Gpr PANEL_ROW = Gpr.R11;
  private static final Gpr COUNT = Gpr.RBX;
  private static final Gpr LEFT = Gpr.RAX;

  /** Integers of an output feature that lie side by side. */
  private static final int GROUP = 4;

  /** Groups of a block. */
  private static final int STEPS = DEPTH_BLOCK / GROUP;

  private static final int UNROLLED = 4;

  /** Input features after which prefetching goes on by {@code prefetchStep}. */
  static final int PREFETCH_DEPTH = UNROLLED * GROUP;

  private static final int LINE = 64;

  private final X86Assembler asm;

  /** The registers of tiles, as for products of floats. */
  private final KernelShape shape;

  private final Int8Instructions instructions;
  private final Int8Finish finish;

  /** The rows from which on the next tile is as high as it can be. */
  private final int many;

  /** Bytes of four input features of a panel. */
  private final int stepBytes;

  private final Label table = new Label();

  DotCode(X86Assembler asm, KernelShape shape, Int8Instructions instructions) {
    this.asm = asm;
    this.shape = shape;
    this.instructions = instructions;
    finish = new Int8Finish(asm, shape.width(), true, true, true);
    many = 2 * shape.rows();
    stepBytes = VECTORS * shape.width().bytes();
  }

  @Override
  public void beginPanel() {
    asm.mov(PREFETCH, Int8Code.PANEL);
    asm.add(PREFETCH, Int8Code.PANEL_BYTES);
  }

  @Override
  public void write(Label rows) {
    writeTiles();
    asm.align(64);
    asm.bind(rows);
    asm.mov(COUNT, Int8Code.ROWS_LEFT);
    Macros.atMost(asm, COUNT, many);
    asm.lea(TABLE, Mem.at(table));
    asm.add(TABLE, Mem.at(TABLE, COUNT, Long.BYTES, 0));
    asm.call(TABLE);
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
    int[] pieces = asm.pieces(64, 1, shape.rows(), this::writeTile);
    int[] positions = Arrays.copyOf(pieces, many + 1);
    for (int left = shape.rows() + 1; left <= many; left++) {
      positions[left] = positions[Math.ceilDiv(left, 2)];
    }
    asm.align(64);
    asm.table(table, positions);
  }

  private void writeTile(int height) {
    for (int row = 0; row < height; row++) {
      for (int v = 0; v < VECTORS; v++) {
        if (instructions == Int8Instructions.MADD) {
          Macros.clear(asm, shape.sum(row, v));
        } else {
          asm.vmovups(shape.sum(row, v), finish.vector(Int8Finish.SHIFTS, v));
        }
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
      for (int line = 0; line < stepBytes; line += LINE) {
        asm.prefetcht1(Mem.at(PREFETCH, step * stepBytes + line));
      }
      switch (instructions) {
        case VNNI -> dot(height, step);
        case MADD -> multiplyAndAdd(height, step);
        case AMX -> throw new IllegalStateException("tiles are not vectors");
      }
    }
    asm.add(PREFETCH, Int8Code.PREFETCH_STEP);
    asm.add(ELEMENT, UNROLLED * GROUP * instructions.bytes);
    asm.add(PANEL_ROW, UNROLLED * stepBytes);
    asm.dec(COUNT);
    asm.jne(steps);
    asm.sub(ELEMENT, instructions.rowBytes());
    asm.add(ELEMENT, Int8Code.BLOCK_STRIDE);
    asm.sub(LEFT, DEPTH_BLOCK);
    asm.jg(block);
    for (int row = 0; row < height; row++) {
      finish.write(shape.element(row), shape.sum(row, 0), shape.sum(row, 1));
    }
    asm.add(Int8Code.ROWS, height * instructions.rowBytes());
    asm.mov(LEFT, Int8Code.ROWS_LEFT);
    asm.sub(LEFT, height);
    asm.mov(Int8Code.ROWS_LEFT, LEFT);
    asm.ret();
  }

  /** Sums of four products of bytes for each column. */
  private void dot(int height, int step) {
    for (int v = 0; v < VECTORS; v++) {
      load(v, step);
    }
    for (int row = 0; row < height; row++) {
      Vec element = shape.element(row);
      asm.vbroadcastss(element, element(row, step, 0));
      for (int v = 0; v < VECTORS; v++) {
        asm.vpdpbusd(shape.sum(row, v), element, shape.panel(v));
      }
    }
  }

  /** Sums of two products of 16 bits for each column: those of even features, then of odd ones. */
  private void multiplyAndAdd(int height, int step) {
    for (int odd = 0; odd < 2; odd++) {
      for (int v = 0; v < VECTORS; v++) {
        load(v, step);
        Vec weights = shape.panel(v);
        if (odd == 0) {
          asm.vpslld(weights, weights, Byte.SIZE);
        }
        asm.vpsraw(weights, weights, Byte.SIZE);
      }
      for (int row = 0; row < height; row++) {
        Vec element = shape.element(0);
        asm.vbroadcastss(element, element(row, step, odd * 2 * Short.BYTES));
        for (int v = 0; v < VECTORS; v++) {
          Vec products = v == VECTORS - 1 ? element : shape.element(1);
          asm.vpmaddwd(products, element, shape.panel(v));
          asm.vpaddd(shape.sum(row, v), shape.sum(row, v), products);
        }
      }
    }
  }

  private void load(int v, int step) {
    asm.vmovups(shape.panel(v), Mem.at(PANEL_ROW, step * stepBytes + v * shape.width().bytes()));
  }

  private Mem element(int row, int step, int at) {
    return Mem.at(ELEMENT, row * instructions.rowBytes() + step * GROUP * instructions.bytes + at);
  }
}

package io.github.modernbert.codegen.arm64;

import static io.github.modernbert.codegen.asm.XReg.x;
import static io.github.modernbert.codegen.spec.ProductFunctions.ROW_BYTES;

import io.github.modernbert.codegen.asm.Arm64Assembler;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.XReg;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.spec.ProductFunctions;

/**
 * The innermost loops of products: for each height one piece of code that multiplies so many rows
 * with a block of a panel, all sums in registers. Called from code. Four elements of each row are
 * loaded at once, and multiplied as lanes of their register. Nothing is prefetched: a panel is read
 * from its beginning to its end, which processors foresee.
 *
 * @param shape whose vectors are an even number: they are loaded in pairs
 */
record Arm64TileCode(Arm64Assembler asm, KernelShape shape, int height) {
  /** The block of the panel; kept. */
  static final XReg PANEL = Arm64Frame.register(ProductFunctions.PRODUCT, "panel");

  /** Bias of the panel's columns; kept. */
  static final XReg BIAS = Arm64Frame.register(ProductFunctions.PRODUCT, "bias");

  /** The tile's rows, one after the other in the block; moves on to the next tile's. */
  static final XReg ROWS = x(9);

  /** Stored sums; moves on. */
  static final XReg SUMS = x(10);

  /** Results; moves on with {@link ProductFunctions#FINISH}. */
  static final XReg RESULT = x(11);

  /** Rows that are added to results; moves on with {@link ProductFunctions#FINISH}. */
  static final XReg RESIDUAL = x(12);

  /** Depth of the block; kept. */
  static final XReg DEPTH = x(19);

  /** The end of a tile: {@link ProductFunctions#STORE} and so on; kept. */
  static final XReg ENDING = x(20);

  /** Distances of rows; kept. */
  static final XReg SUMS_STRIDE = x(21);

  static final XReg RESULT_STRIDE = x(22);
  static final XReg RESIDUAL_STRIDE = x(23);

  private static final XReg ELEMENT = x(13);
  private static final XReg PANEL_ROW = x(14);
  private static final XReg COUNT = x(15);

  /** Steps of the depth that are written out: the lanes of a register. */
  private static final int UNROLLED = 4;

  private static final int PAIR_BYTES = 2 * Width.XMM.bytes();

  void write() {
    for (int row = 0; row < height; row++) {
      for (int v = 0; v < shape.vectors(); v++) {
        asm.movi(shape.sum(row, v), 0);
      }
    }
    asm.mov(ELEMENT, ROWS);
    asm.mov(PANEL_ROW, PANEL);
    multiply();
    end();
    asm.add(ROWS, ROWS, height * ROW_BYTES);
    asm.ret();
  }

  /** The register of elements of a row: the first ones behind the sums. */
  private Vec elements(int row) {
    return free(row);
  }

  /** A register for a vector of a panel or of results; there are two. */
  private Vec other(int number) {
    return free(shape.rows() + number);
  }

  private Vec free(int number) {
    return shape.width().register(shape.rows() * shape.vectors() + number);
  }

  private void multiply() {
    var rest = new Label();
    var done = new Label();
    asm.lsr(COUNT, DEPTH, Integer.numberOfTrailingZeros(UNROLLED));
    asm.cbz(COUNT, rest);
    Label several = asm.label();
    for (int row = 0; row < height; row++) {
      asm.ldr(elements(row), ELEMENT, row * ROW_BYTES);
    }
    for (int k = 0; k < UNROLLED; k++) {
      step(k);
    }
    advance(UNROLLED, several);

    asm.bind(rest);
    asm.ubfx(COUNT, DEPTH, 0, Integer.numberOfTrailingZeros(UNROLLED));
    asm.cbz(COUNT, done);
    Label single = asm.label();
    for (int row = 0; row < height; row++) {
      asm.ldr(elements(row).s(), ELEMENT, row * ROW_BYTES);
    }
    step(0);
    advance(1, single);
    asm.bind(done);
  }

  private void step(int k) {
    for (int v = 0; v < shape.vectors(); v += 2) {
      int at = k * shape.panelBytes() + v * shape.width().bytes();
      asm.ldp(other(0), other(1), PANEL_ROW, at);
      for (int row = 0; row < height; row++) {
        asm.fmla(shape.sum(row, v), other(0), elements(row), k);
        asm.fmla(shape.sum(row, v + 1), other(1), elements(row), k);
      }
    }
  }

  private void advance(int steps, Label again) {
    asm.add(ELEMENT, ELEMENT, steps * Float.BYTES);
    asm.add(PANEL_ROW, PANEL_ROW, steps * shape.panelBytes());
    asm.sub(COUNT, COUNT, 1);
    asm.cbnz(COUNT, again);
  }

  private void end() {
    var add = new Label();
    var finish = new Label();
    var done = new Label();
    asm.cmp(ENDING, ProductFunctions.ADD);
    asm.beq(add);
    asm.bhi(finish);
    storeRows(false);
    asm.b(done);
    asm.bind(add);
    storeRows(true);
    asm.b(done);
    asm.bind(finish);
    finishRows();
    asm.bind(done);
  }

  private void storeRows(boolean add) {
    for (int row = 0; row < height; row++) {
      for (int v = 0; v < shape.vectors(); v += 2) {
        if (add) {
          addPair(row, v, SUMS);
        }
        storePair(row, v, SUMS);
      }
      asm.add(SUMS, SUMS, SUMS_STRIDE);
    }
  }

  private void finishRows() {
    for (int row = 0; row < height; row++) {
      for (int v = 0; v < shape.vectors(); v += 2) {
        addPair(row, v, SUMS);
        addPair(row, v, BIAS);
        addPair(row, v, RESIDUAL);
        storePair(row, v, RESULT);
      }
      asm.add(SUMS, SUMS, SUMS_STRIDE);
      asm.add(RESULT, RESULT, RESULT_STRIDE);
      asm.add(RESIDUAL, RESIDUAL, RESIDUAL_STRIDE);
    }
  }

  private void addPair(int row, int v, XReg base) {
    asm.ldp(other(0), other(1), base, v / 2 * PAIR_BYTES);
    for (int i = 0; i < 2; i++) {
      Vec sum = shape.sum(row, v + i);
      asm.fadd(sum, sum, other(i));
    }
  }

  private void storePair(int row, int v, XReg base) {
    asm.stp(shape.sum(row, v), shape.sum(row, v + 1), base, v / 2 * PAIR_BYTES);
  }
}

package io.github.modernbert.codegen.arm64;

import static io.github.modernbert.codegen.asm.XReg.x;

import io.github.modernbert.codegen.asm.Arm64Assembler;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.XReg;
import io.github.modernbert.kernels.Int8Panels;

/**
 * The innermost loop of {@link Arm64Int8Code}: multiplies so many rows with a panel over the whole
 * depth, all sums in registers. Called from code.
 */
public abstract sealed class Arm64Int8Tile permits Arm64DotTile, Arm64MatrixTile {
  /** Rows of the highest tile, whose sums take 24 registers. */
  public static final int MAX_ROWS = 6;

  /** Columns of a panel. */
  public static final int COLUMNS = 16;

  /** Bytes of a row in a block: columns that are written out. */
  public static final int ROW_BYTES = Int8Panels.DEPTH_STEP;

  // Rows and sums move on; the other registers are kept.
  static final XReg ROWS = Arm64Frame.register(Arm64Int8Code.SUMS, "rows");

  static final XReg PANEL = Arm64Frame.register(Arm64Int8Code.SUMS, "panel");
  static final XReg SUMS = Arm64Frame.register(Arm64Int8Code.SUMS, "sums");
  static final XReg BLOCK_STRIDE = Arm64Frame.register(Arm64Int8Code.SUMS, "blockStride");
  static final XReg DEPTH = Arm64Frame.register(Arm64Int8Code.SUMS, "depth");
  static final XReg SUMS_STRIDE = Arm64Frame.register(Arm64Int8Code.SUMS, "sumsStride");

  static final XReg ELEMENT = x(9);
  static final XReg PANEL_ROW = x(10);
  private static final XReg LEFT = x(11);

  private static final int SUM_REGISTERS = MAX_ROWS * COLUMNS / 4;

  /** Bytes of four input features of a panel. */
  static final int GROUP_BYTES = Int8Panels.GROUP * COLUMNS;

  final Arm64Assembler asm;
  final int height;

  Arm64Int8Tile(Arm64Assembler asm, int height) {
    this.asm = asm;
    this.height = height;
  }

  final void write() {
    for (int i = 0; i < SUM_REGISTERS; i++) {
      asm.movi(Width.XMM.register(i), 0);
    }
    asm.mov(ELEMENT, ROWS);
    asm.mov(PANEL_ROW, PANEL);
    asm.mov(LEFT, DEPTH);
    Label block = asm.label();
    multiplyBlock();
    asm.add(ELEMENT, ELEMENT, BLOCK_STRIDE);
    asm.add(PANEL_ROW, PANEL_ROW, ROW_BYTES * COLUMNS);
    asm.sub(LEFT, LEFT, ROW_BYTES);
    asm.cbnz(LEFT, block);
    store();
    asm.add(ROWS, ROWS, height * ROW_BYTES);
    asm.ret();
  }

  /** Adds the products of a block, at {@link #ELEMENT} and {@link #PANEL_ROW}. */
  abstract void multiplyBlock();

  /** Stores the sums of all rows, and moves {@link #SUMS} on. */
  abstract void store();

  final void storeRow(Vec first, Vec second, Vec third, Vec fourth) {
    asm.stp(first, second, SUMS, 0);
    asm.stp(third, fourth, SUMS, 2 * Width.XMM.bytes());
    asm.add(SUMS, SUMS, SUMS_STRIDE);
  }

  /** One of the registers that hold no sums, counted from 0. */
  static Vec free(int number) {
    return Width.XMM.register(SUM_REGISTERS + number);
  }
}

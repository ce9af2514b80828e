package io.github.modernbert.codegen.arm64;

import static io.github.modernbert.codegen.arm64.Arm64TileCode.DEPTH;
import static io.github.modernbert.codegen.arm64.Arm64TileCode.ENDING;
import static io.github.modernbert.codegen.arm64.Arm64TileCode.PANEL;
import static io.github.modernbert.codegen.arm64.Arm64TileCode.RESIDUAL;
import static io.github.modernbert.codegen.arm64.Arm64TileCode.RESIDUAL_STRIDE;
import static io.github.modernbert.codegen.arm64.Arm64TileCode.RESULT;
import static io.github.modernbert.codegen.arm64.Arm64TileCode.RESULT_STRIDE;
import static io.github.modernbert.codegen.arm64.Arm64TileCode.ROWS;
import static io.github.modernbert.codegen.arm64.Arm64TileCode.SUMS;
import static io.github.modernbert.codegen.arm64.Arm64TileCode.SUMS_STRIDE;
import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.asm.Arm64Assembler;
import io.github.modernbert.codegen.asm.Arm64Assembler.Condition;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.XReg;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.spec.ProductFunctions;
import io.github.modernbert.codegen.x86.ProductCode;
import io.github.modernbert.codegen.x86.TileCode;

/** The functions that {@link ProductCode} describes, for AArch64. All they need is in registers. */
public final class Arm64ProductCode extends ProductFunctions {
  private static final XReg BLOCK = XReg.X0;
  private static final XReg ALL_SUMS = XReg.X2;

  // Of product.
  private static final XReg FIRST_RESULT = XReg.X3;
  private static final XReg ALL_RESIDUALS = XReg.X4;

  // Of panels.
  private static final XReg FIRST_ROWS = XReg.X3;
  private static final XReg ALL_DEPTH = XReg.X4;
  private static final XReg FIRST_PANEL = XReg.X5;
  private static final XReg PANEL_STRIDE = XReg.X6;
  private static final XReg PANELS_LEFT = XReg.X7;

  private static final XReg DEPTH_LEFT = XReg.X24;
  private static final XReg HEIGHT = XReg.X25;
  private static final XReg TALL_TILES = XReg.X26;
  private static final XReg SHORT_TILES = XReg.X27;
  private static final XReg BLOCK_STRIDE = XReg.X28;

  private static final XReg TEMP = XReg.X8;

  private static final int SUMS_ALIGNMENT_BITS =
      Integer.numberOfTrailingZeros(ProductCode.SUMS_ALIGNMENT);

  private final Arm64Assembler asm = new Arm64Assembler();
  private final KernelShape shape;
  private final Arm64Tiles tiles = new Arm64Tiles(asm);
  private final Label nothing = new Label();

  public Arm64ProductCode(KernelShape shape) {
    this.shape = shape;
  }

  @Override
  public byte[] generate() {
    writeTiles();
    writeProduct();
    writePanels();
    new Arm64PackCode(asm).write(pack);
    return asm.finish();
  }

  /** The code of tiles, and what is added where there is nothing to add. */
  private void writeTiles() {
    tiles.write(shape.rows(), height -> new Arm64TileCode(asm, shape, height).write());
    asm.align(64);
    asm.bind(nothing);
    for (int i = 0; i < shape.panelFloats(); i++) {
      asm.data(ProductCode.NOTHING);
    }
  }

  private void writeProduct() {
    asm.align(64);
    asm.bind(product);
    Arm64Frame.enter(asm);
    asm.add(ALL_SUMS, ALL_SUMS, ProductCode.SUMS_ALIGNMENT - 1);
    asm.lsr(ALL_SUMS, ALL_SUMS, SUMS_ALIGNMENT_BITS);
    asm.lsl(ALL_SUMS, ALL_SUMS, SUMS_ALIGNMENT_BITS);
    asm.mov(SUMS_STRIDE, shape.panelBytes());
    asm.mov(DEPTH_LEFT, XReg.X6);
    asm.mov(BLOCK_STRIDE, XReg.X7);
    Arm64Frame.argument(asm, RESULT_STRIDE, 0);
    Arm64Frame.argument(asm, HEIGHT, 1);
    Arm64Frame.argument(asm, TALL_TILES, 2);
    Arm64Frame.argument(asm, SHORT_TILES, 3);
    asm.mov(RESIDUAL_STRIDE, RESULT_STRIDE);
    orNothing(ALL_RESIDUALS, true);
    orNothing(Arm64TileCode.BIAS, false);
    asm.mov(ENDING, TileCode.STORE);

    var block = new Label();
    var more = new Label();
    asm.bind(block);
    takeBlock();
    asm.jumpIfNotZero(DEPTH_LEFT, more);
    asm.mov(ENDING, TileCode.FINISH);
    asm.bind(more);
    asm.mov(RESULT, FIRST_RESULT);
    asm.mov(RESIDUAL, ALL_RESIDUALS);
    writePass();
    repeatWhileDepthIsLeft(block);
    Arm64Frame.leave(asm);
  }

  private void writePanels() {
    asm.align(64);
    asm.bind(panels);
    Arm64Frame.enter(asm);
    asm.mov(SUMS_STRIDE, XReg.X3);
    asm.mov(HEIGHT, XReg.X5);
    asm.mov(TALL_TILES, XReg.X6);
    asm.mov(SHORT_TILES, XReg.X7);
    Arm64Frame.argument(asm, BLOCK_STRIDE, 0);
    Arm64Frame.argument(asm, PANEL_STRIDE, 1);
    Arm64Frame.argument(asm, PANELS_LEFT, 2);
    asm.mov(FIRST_ROWS, BLOCK);
    asm.mov(FIRST_PANEL, PANEL);

    var panel = new Label();
    var block = new Label();
    asm.bind(panel);
    asm.mov(BLOCK, FIRST_ROWS);
    asm.mov(PANEL, FIRST_PANEL);
    asm.mov(DEPTH_LEFT, ALL_DEPTH);
    asm.mov(ENDING, TileCode.STORE);
    asm.bind(block);
    takeBlock();
    writePass();
    repeatWhileDepthIsLeft(block);

    asm.add(FIRST_PANEL, FIRST_PANEL, PANEL_STRIDE);
    asm.add(ALL_SUMS, ALL_SUMS, shape.panelBytes());
    asm.sub(PANELS_LEFT, PANELS_LEFT, 1);
    asm.jumpIfNotZero(PANELS_LEFT, panel);
    Arm64Frame.leave(asm);
  }

  /** Goes on with the next block, to be added to what is there. */
  private void repeatWhileDepthIsLeft(Label block) {
    var done = new Label();
    asm.jumpIfZero(DEPTH_LEFT, done);
    asm.mov(ENDING, TileCode.ADD);
    asm.add(BLOCK, BLOCK, BLOCK_STRIDE);
    asm.mov(TEMP, shape.blockBytes());
    asm.add(PANEL, PANEL, TEMP);
    asm.jump(block);
    asm.bind(done);
  }

  /** The next block of the depth. */
  private void takeBlock() {
    var taken = new Label();
    asm.mov(DEPTH, DEPTH_LEFT);
    asm.cmp(DEPTH, DEPTH_BLOCK);
    asm.jump(Condition.LESS_OR_EQUAL, taken);
    asm.mov(DEPTH, DEPTH_BLOCK);
    asm.bind(taken);
    asm.sub(DEPTH_LEFT, DEPTH_LEFT, DEPTH);
  }

  /** All rows with one block of the panel. */
  private void writePass() {
    asm.mov(ROWS, BLOCK);
    asm.mov(SUMS, ALL_SUMS);
    tiles.call(HEIGHT, TALL_TILES, SHORT_TILES);
  }

  /** Where there is nothing to add, adds what changes nothing. */
  private void orNothing(XReg operand, boolean rows) {
    var given = new Label();
    asm.jumpIfNotZero(operand, given);
    asm.adr(operand, nothing);
    if (rows) {
      asm.mov(RESIDUAL_STRIDE, 0);
    }
    asm.bind(given);
  }
}

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
import static io.github.modernbert.codegen.asm.XReg.x;
import static io.github.modernbert.codegen.spec.ProductFunctions.PRODUCT;
import static io.github.modernbert.codegen.spec.ProductFunctions.SUMS_ALIGNMENT;
import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.asm.Arm64Assembler;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.XReg;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.spec.ProductFunctions;

/** Generates {@link ProductFunctions#PRODUCT}. All it needs is in registers. */
public final class Arm64ProductCode {
  private static final XReg BLOCK = Arm64Frame.register(PRODUCT, "rows");
  private static final XReg ALL_SUMS = Arm64Frame.register(PRODUCT, "sums");
  private static final XReg FIRST_RESULT = Arm64Frame.register(PRODUCT, "result");
  private static final XReg ALL_RESIDUALS = Arm64Frame.register(PRODUCT, "residual");
  private static final XReg DEPTH_LEFT = x(24);
  private static final XReg HEIGHT = x(25);
  private static final XReg TALL_TILES = x(26);
  private static final XReg LOW_TILES = x(27);
  private static final XReg BLOCK_STRIDE = x(28);

  private static final XReg TEMP = x(8);

  private static final int SUMS_ALIGNMENT_BITS = Integer.numberOfTrailingZeros(SUMS_ALIGNMENT);

  private final Arm64Assembler asm;
  private final KernelShape shape;
  private final Arm64Tiles tiles;
  private final Label negativeZeros = new Label();

  public Arm64ProductCode(Arm64Assembler asm, KernelShape shape) {
    this.asm = asm;
    this.shape = shape;
    tiles = new Arm64Tiles(asm);
  }

  /** Writes the function, and before it the code of tiles that it calls. */
  public void write() {
    tiles.write(shape.rows(), height -> new Arm64TileCode(asm, shape, height).write());
    asm.align(64);
    asm.bind(negativeZeros);
    asm.data(ProductFunctions.NEGATIVE_ZERO, shape.panelFloats());
    asm.align(64);
    asm.function(PRODUCT);
    Arm64Frame.enter(asm);
    asm.add(ALL_SUMS, ALL_SUMS, SUMS_ALIGNMENT - 1);
    asm.lsr(ALL_SUMS, ALL_SUMS, SUMS_ALIGNMENT_BITS);
    asm.lsl(ALL_SUMS, ALL_SUMS, SUMS_ALIGNMENT_BITS);
    asm.movz(SUMS_STRIDE, shape.panelBytes());
    asm.mov(DEPTH_LEFT, Arm64Frame.register(PRODUCT, "depth"));
    asm.mov(BLOCK_STRIDE, Arm64Frame.register(PRODUCT, "blockStride"));
    Arm64Frame.load(asm, RESULT_STRIDE, PRODUCT, "resultStride");
    Arm64Frame.load(asm, HEIGHT, PRODUCT, "height");
    Arm64Frame.load(asm, TALL_TILES, PRODUCT, "tall");
    Arm64Frame.load(asm, LOW_TILES, PRODUCT, "low");
    asm.mov(RESIDUAL_STRIDE, RESULT_STRIDE);
    replaceAbsent(ALL_RESIDUALS, true);
    replaceAbsent(Arm64TileCode.BIAS, false);
    asm.movz(ENDING, ProductFunctions.STORE);

    var more = new Label();
    Label block = asm.label();
    takeBlock();
    asm.cbnz(DEPTH_LEFT, more);
    asm.movz(ENDING, ProductFunctions.FINISH);
    asm.bind(more);
    asm.mov(RESULT, FIRST_RESULT);
    asm.mov(RESIDUAL, ALL_RESIDUALS);
    writePass();
    repeatWhileDepthIsLeft(block);
    Arm64Frame.leave(asm);
  }

  /** Goes on with the next block, whose sums are added to those that are stored. */
  private void repeatWhileDepthIsLeft(Label block) {
    var done = new Label();
    asm.cbz(DEPTH_LEFT, done);
    asm.movz(ENDING, ProductFunctions.ADD);
    asm.add(BLOCK, BLOCK, BLOCK_STRIDE);
    asm.movz(TEMP, shape.blockBytes());
    asm.add(PANEL, PANEL, TEMP);
    asm.b(block);
    asm.bind(done);
  }

  /** Takes the next block of the depth. */
  private void takeBlock() {
    var taken = new Label();
    asm.mov(DEPTH, DEPTH_LEFT);
    asm.cmp(DEPTH, DEPTH_BLOCK);
    asm.ble(taken);
    asm.movz(DEPTH, DEPTH_BLOCK);
    asm.bind(taken);
    asm.sub(DEPTH_LEFT, DEPTH_LEFT, DEPTH);
  }

  /** Multiplies all rows with one block of the panel. */
  private void writePass() {
    asm.mov(ROWS, BLOCK);
    asm.mov(SUMS, ALL_SUMS);
    tiles.call(HEIGHT, TALL_TILES, LOW_TILES);
  }

  /** Replaces an operand that is null by −0, which changes nothing. */
  private void replaceAbsent(XReg operand, boolean rows) {
    var given = new Label();
    asm.cbnz(operand, given);
    asm.adr(operand, negativeZeros);
    if (rows) {
      asm.movz(RESIDUAL_STRIDE, 0);
    }
    asm.bind(given);
  }
}

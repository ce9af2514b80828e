package io.github.modernbert.codegen.arm64;

import io.github.modernbert.codegen.asm.Arm64Assembler;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.XReg;
import io.github.modernbert.kernels.Int8Panels;

/**
 * Sums of products of 8-bit integers for AArch64, exact and so the same by any instruction. All
 * numbers are passed as {@code long}, distances in bytes.
 *
 * <pre>{@code
 * void sums(rows, panel, sums, blockStride, depth, sumsStride, height, tall, short)
 * }</pre>
 *
 * Rows come in blocks of 64 columns, {@code blockStride} apart, and in each block one after the
 * other; the panel is one of {@link Int8Panels}, of 16 columns. Both have signs. The depth is a
 * multiple of 64, up to 131,072. What is written are rows of 16 sums of 32 bits. Rows are done in
 * {@code tall} tiles of {@code height}, which is at most {@link Arm64Int8Tile#MAX_ROWS}, and then
 * {@code short} tiles of one row less.
 */
public final class Arm64Int8Code {
  public final Label sums = new Label();

  private final Arm64Assembler asm = new Arm64Assembler();
  private final boolean matrixProduct;

  /**
   * @param matrixProduct whether products are done by {@code smmla} rather than by {@code sdot}
   */
  public Arm64Int8Code(boolean matrixProduct) {
    this.matrixProduct = matrixProduct;
  }

  public byte[] generate() {
    var tiles = new Arm64Tiles(asm);
    tiles.write(Arm64Int8Tile.MAX_ROWS, height -> tile(height).write());
    asm.align(64);
    asm.bind(sums);
    Arm64Frame.enter(asm);
    Arm64Frame.argument(asm, XReg.X12, 0);
    tiles.call(XReg.X6, XReg.X7, XReg.X12);
    Arm64Frame.leave(asm);
    return asm.finish();
  }

  private Arm64Int8Tile tile(int height) {
    return matrixProduct ? new Arm64MatrixTile(asm, height) : new Arm64DotTile(asm, height);
  }
}

package io.github.modernbert.codegen.arm64;

import static io.github.modernbert.codegen.asm.XReg.x;

import io.github.modernbert.codegen.asm.Arm64Assembler;
import io.github.modernbert.codegen.asm.CpuFeature;
import io.github.modernbert.codegen.asm.Signature;
import io.github.modernbert.codegen.asm.XReg;
import io.github.modernbert.kernels.Int8Panels;

/**
 * Generates the function for sums of products of 8-bit integers, which are exact and so the same by
 * any instruction.
 */
public final class Arm64Int8Code {
  /**
   * Multiplies rows with a panel to rows of 16 sums of 32 bits. Numbers are passed as {@code long},
   * distances in bytes.
   *
   * <p>Rows come in blocks of 64 columns, {@code blockStride} apart, and in each block one after
   * the other; the panel is one of {@link Int8Panels}, of 16 columns. Both have signs. The depth is
   * a multiple of 64, up to 131,072. Rows are done in {@code tall} tiles of {@code height}, which
   * is at most {@link Arm64Int8Tile#MAX_ROWS}, and then {@code low} tiles of one row less.
   */
  public static final Signature SUMS =
      Signature.of(
          """
          void sums(address rows, address panel, address sums, long blockStride, long depth,
              long sumsStride, long height, long tall, long low)\
          """);

  private final Arm64Assembler asm;

  public Arm64Int8Code(Arm64Assembler asm) {
    this.asm = asm;
  }

  /** Writes the function: by {@code smmla} if the code may use it, otherwise by {@code sdot}. */
  public void write() {
    var tiles = new Arm64Tiles(asm);
    tiles.write(Arm64Int8Tile.MAX_ROWS, height -> tile(height).write());
    asm.align(64);
    asm.function(SUMS);
    Arm64Frame.enter(asm);
    XReg low = x(12);
    Arm64Frame.load(asm, low, SUMS, "low");
    tiles.call(Arm64Frame.register(SUMS, "height"), Arm64Frame.register(SUMS, "tall"), low);
    Arm64Frame.leave(asm);
  }

  private Arm64Int8Tile tile(int height) {
    return asm.allows(CpuFeature.I8MM)
        ? new Arm64MatrixTile(asm, height)
        : new Arm64DotTile(asm, height);
  }
}

package io.github.modernbert.codegen.spec;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.asm.Signature;

/**
 * Functions of matrix products that are generated for each architecture. Numbers are passed as
 * {@code long}, distances in bytes.
 *
 * <p>Rows come in blocks of {@code DEPTH_BLOCK} columns. They are done in {@code tall} tiles of
 * {@code height} and then {@code low} tiles of one row less.
 */
public final class ProductFunctions {
  /**
   * Multiplies rows with one panel over the whole depth and writes {@code result = residual +
   * ((block sums, in ascending order) + bias)}. The depth must be more than a block, since the last
   * block's sums are added to those that the first one stored. An absent residual or bias is null,
   * and {@code sums} is memory for all rows and {@link #SUMS_ALIGNMENT} bytes more.
   */
  public static final Signature PRODUCT =
      Signature.of(
          """
          void product(address rows, address panel, address sums, address result,
              address residual, address bias, long depth, long blockStride, long resultStride,
              long height, long tall, long low)\
          """);

  /**
   * The same for panels of bfloat16: the first tile of a block widens it as it goes, and leaves it
   * as float32 at the beginning of {@code sums}, with memory for it there, for the other tiles.
   * Widening in every tile was 7 % slower from 64 rows on.
   */
  public static final Signature PRODUCT_OF_BFLOAT16 = PRODUCT.named("productOfBFloat16");

  /** Bytes of a row in a block. */
  public static final int ROW_BYTES = DEPTH_BLOCK * Float.BYTES;

  /** Sums begin at the next multiple of this. */
  public static final int SUMS_ALIGNMENT = 64;

  /** The bits of −0, which takes the place of an absent operand: −0 + x is x, also for x = −0. */
  public static final int NEGATIVE_ZERO = 0x80000000;

  /** A tile stores its sums: the first block of a product. */
  public static final int STORE = 0;

  /** A tile adds its sums to those that are stored. */
  public static final int ADD = 1;

  /** A tile writes {@code residual + ((stored + sum) + bias)}: the last block of a product. */
  public static final int FINISH = 2;

  private ProductFunctions() {}
}

package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;
import static io.github.modernbert.kernels.Kernels.QUERY_BLOCK;

import java.util.Arrays;

/**
 * Queries of one head that walk the same keys, and how far their running softmax has come. Arrays
 * have room for whole query blocks.
 *
 * @param headDim elements of a head
 * @param queries of each query block its blocks of {@link Kernels#DEPTH_BLOCK} columns, in each the
 *     rows one after the other
 * @param sums of each row the weighted sum of values, {@link #sumsStride} apart
 * @param lanes of each row the {@link Reduction#LANES} partial sums of weights
 * @param maxima of each row the largest score; weights and sums are relative to it
 */
public record AttentionState(
    int headDim, float[] queries, float[] sums, float[] lanes, float[] maxima) {
  /** For up to so many rows, which are undefined. */
  static AttentionState of(int rows, int headDim, Scratch scratch) {
    int whole = Math.ceilDiv(rows, QUERY_BLOCK) * QUERY_BLOCK;
    return new AttentionState(
        headDim,
        scratch.rows(whole * Math.ceilDiv(headDim, DEPTH_BLOCK) * DEPTH_BLOCK),
        scratch.sums(whole * Matrix.padded(headDim)),
        scratch.lanes(whole * Reduction.LANES),
        scratch.maxima(whole));
  }

  /** Rows have seen no key yet. */
  void clear(int from, int to) {
    Arrays.fill(sums, sumsOffset(from), sumsOffset(to), 0f);
    Arrays.fill(lanes, lanesOffset(from), lanesOffset(to), 0f);
    Arrays.fill(maxima, from, to, Float.NEGATIVE_INFINITY);
  }

  /** Where the queries of the query block at this row begin. */
  public int queriesOffset(int row) {
    return row * Math.ceilDiv(headDim, DEPTH_BLOCK) * DEPTH_BLOCK;
  }

  /** From one block of columns of a query block to the next. */
  public static int queriesBlock() {
    return QUERY_BLOCK * DEPTH_BLOCK;
  }

  /** From a row of sums to the next. */
  public int sumsStride() {
    return Matrix.padded(headDim);
  }

  /** Where the sums of a row begin. */
  public int sumsOffset(int row) {
    return row * sumsStride();
  }

  /** Where the lanes of a row begin. */
  public int lanesOffset(int row) {
    return row * Reduction.LANES;
  }
}

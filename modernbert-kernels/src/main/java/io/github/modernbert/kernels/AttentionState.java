package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;
import static io.github.modernbert.kernels.Kernels.QUERY_BLOCK;

import java.util.Arrays;

/**
 * Queries of one head that walk the same keys, and the state of their running softmax. Arrays have
 * room for whole query blocks.
 *
 * @param headDim elements of a head
 * @param queries for each query block its blocks of {@link Kernels#DEPTH_BLOCK} columns, in each
 *     the rows one after the other
 * @param sums the weighted sum of values for each row, {@link #sumsStride} apart
 * @param lanes the {@link Reduction#LANES} partial sums of weights for each row
 * @param maxima the largest score of each row; weights and sums are relative to it
 */
public record AttentionState(
    int headDim, float[] queries, float[] sums, float[] lanes, float[] maxima) {
  /** Memory of one thread. */
  private static final class Workspace {
    private final Scratch.Floats queries = new Scratch.Floats();
    private final Scratch.Floats sums = new Scratch.Floats();
    private final Scratch.Floats lanes = new Scratch.Floats();
    private final Scratch.Floats maxima = new Scratch.Floats();
  }

  /** A state for up to so many rows, whose contents are undefined. */
  static AttentionState of(int rows, int headDim, Scratch scratch) {
    Workspace workspace = scratch.workspace(Workspace.class, Workspace::new);
    int whole = Math.ceilDiv(rows, QUERY_BLOCK) * QUERY_BLOCK;
    return new AttentionState(
        headDim,
        workspace.queries.atLeast(whole * Math.ceilDiv(headDim, DEPTH_BLOCK) * DEPTH_BLOCK),
        workspace.sums.atLeast(whole * Matrix.padded(headDim)),
        workspace.lanes.atLeast(whole * Reduction.LANES),
        workspace.maxima.atLeast(whole));
  }

  /** Puts rows where no key has been walked yet. */
  void clear(int from, int to) {
    Arrays.fill(sums, sumsOffset(from), sumsOffset(to), 0f);
    Arrays.fill(lanes, lanesOffset(from), lanesOffset(to), 0f);
    Arrays.fill(maxima, from, to, Float.NEGATIVE_INFINITY);
  }

  /** Offset of the queries of the query block at this row. */
  public int queriesOffset(int row) {
    return row * Math.ceilDiv(headDim, DEPTH_BLOCK) * DEPTH_BLOCK;
  }

  /** Floats from one block of columns of a query block to the next. */
  public static int queriesBlock() {
    return QUERY_BLOCK * DEPTH_BLOCK;
  }

  /** Floats from a row of sums to the next. */
  public int sumsStride() {
    return Matrix.padded(headDim);
  }

  /** Offset of the sums of a row. */
  public int sumsOffset(int row) {
    return row * sumsStride();
  }

  /** Offset of the lanes of a row. */
  public int lanesOffset(int row) {
    return row * Reduction.LANES;
  }
}

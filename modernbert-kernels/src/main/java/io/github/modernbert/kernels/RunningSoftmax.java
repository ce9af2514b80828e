package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;
import static io.github.modernbert.kernels.Kernels.KEY_BLOCK;
import static io.github.modernbert.kernels.Kernels.QUERY_BLOCK;

import java.util.Arrays;

/**
 * The running softmax of steps of attention in Java, between the product that makes scores and the
 * one that weighs values.
 *
 * @param loops what is done to one row of scores or sums
 */
record RunningSoftmax(RowLoops loops) {
  /**
   * Row length of scores: not a power of two, so that rows do not fall into the same cache sets.
   */
  static final int SCORE_COLUMNS = KEY_BLOCK + Matrix.ROW_PADDING;

  /**
   * Memory of one step.
   *
   * @param rows of scores, and of weights in each block: those of a query block, and what products
   *     write behind them
   * @param scores rows at distances of {@link #SCORE_COLUMNS}
   * @param weights in blocks of {@link Kernels#DEPTH_BLOCK} keys, as tiles want them
   * @param scales factors of the sums of each row
   */
  record Step(int rows, float[] scores, float[] weights, float[] scales) {
    Step(int rows) {
      this(
          rows,
          new float[rows * SCORE_COLUMNS],
          new float[rows * KEY_BLOCK],
          new float[QUERY_BLOCK]);
    }

    /** Floats from one block of weights to the next. */
    int weightsBlock() {
      return rows * DEPTH_BLOCK;
    }

    private void clearWeights(int r, int begin, int end) {
      for (int from = begin, to; from < end; from = to) {
        to = Math.min(end, (from / DEPTH_BLOCK + 1) * DEPTH_BLOCK);
        int at = from / DEPTH_BLOCK * weightsBlock() + r * DEPTH_BLOCK + from % DEPTH_BLOCK;
        Arrays.fill(weights, at, at + to - from, 0f);
      }
    }
  }

  /**
   * One step: scores become weights, maxima and lane sums are updated.
   *
   * @param keys keys of the step
   * @param firstFrom see {@link AttentionStep#attend}, as is {@code firstTo}
   */
  void take(QueryBlock queries, int keys, long firstFrom, long firstTo, Step step) {
    AttentionState state = queries.state();
    for (int r = 0; r < queries.rows(); r++) {
      int row = queries.row() + r;
      int from = Math.clamp(firstFrom + r, 0, keys);
      int to = Math.clamp(firstTo + r, 0, keys);
      int begin = from / Reduction.LANES * Reduction.LANES;
      int end = Math.ceilDiv(to, Reduction.LANES) * Reduction.LANES;
      step.scales[r] = 1f;
      if (from >= to) {
        step.clearWeights(r, 0, keys);
        continue;
      }
      int at = r * SCORE_COLUMNS;
      Arrays.fill(step.scores, at + begin, at + from, Float.NEGATIVE_INFINITY);
      Arrays.fill(step.scores, at + to, at + end, Float.NEGATIVE_INFINITY);
      float before = state.maxima()[row];
      float max = Math.max(before, loops.max(step.scores, at + begin, end - begin));
      state.maxima()[row] = max;
      if (before != max) {
        step.scales[r] = before == Float.NEGATIVE_INFINITY ? 0f : FloatMath.exp(before - max);
        rescaleLanes(state, row, step.scales[r]);
      }
      step.clearWeights(r, 0, begin);
      loops.exp(
          step.scores,
          at,
          begin,
          end,
          max,
          step.weights,
          r * DEPTH_BLOCK,
          step.weightsBlock(),
          state.lanes(),
          state.lanesOffset(row));
      step.clearWeights(r, end, keys);
    }
  }

  private static void rescaleLanes(AttentionState state, int row, float scale) {
    float[] lanes = state.lanes();
    for (int i = state.lanesOffset(row); i < state.lanesOffset(row + 1); i++) {
      lanes[i] *= scale;
    }
  }

  /** See {@link AttentionStep#divide}. */
  void divide(QueryBlock queries, int column, Matrix y) {
    AttentionState state = queries.state();
    var lanes = new float[Reduction.LANES];
    for (int r = 0; r < queries.rows(); r++) {
      int row = queries.row() + r;
      System.arraycopy(state.lanes(), state.lanesOffset(row), lanes, 0, Reduction.LANES);
      float total = Reduction.pairwiseSum(lanes);
      int sums = state.sumsOffset(row) + column;
      loops.divide(state.sums(), sums, total, y.segment(), y.offset(r, 0), y.columns());
    }
  }
}

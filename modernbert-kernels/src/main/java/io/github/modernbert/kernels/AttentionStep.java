package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;
import static io.github.modernbert.kernels.Kernels.KEY_BLOCK;
import static io.github.modernbert.kernels.Kernels.QUERY_BLOCK;

import java.util.Arrays;

/** {@link BlockKernels#attendBlock} by products and loops over rows. */
final class AttentionStep {
  /**
   * Row length of scores: not a power of two, so that rows do not fall into the same cache sets.
   */
  private static final int SCORE_COLUMNS = KEY_BLOCK + Matrix.ROW_PADDING;

  private final BlockKernels kernels;
  private final AttentionState state;
  private final int width;
  private final float[] scores;
  private final float[] weights;
  private final float[] weighted;
  private final float[] scales;

  AttentionStep(BlockKernels kernels, AttentionState state, Scratch scratch) {
    this.kernels = kernels;
    this.state = state;
    width = kernels.panelWidth();
    scores = scratch.scores(QUERY_BLOCK * SCORE_COLUMNS);
    weights = scratch.weights(QUERY_BLOCK * KEY_BLOCK);
    weighted = scratch.weighted(QUERY_BLOCK * state.sumsStride());
    scales = scratch.scales(QUERY_BLOCK);
  }

  void run(int row, int rows, KeyBlock keys, long from, long to) {
    score(row, rows, keys);
    softmax(row, rows, keys.count(), from, to);
    weigh(row, rows, keys);
  }

  /** scores = queries · keysᵀ for the keys of a block. */
  private void score(int row, int rows, KeyBlock keys) {
    kernels.multiplyPanels(
        rows,
        state.queries(),
        state.queriesOffset(row),
        AttentionState.queriesBlock(),
        keys.keys(),
        keys.keysOffset(),
        keys.keyPanel(),
        Math.ceilDiv(keys.count(), width),
        state.headDim(),
        scores,
        0,
        SCORE_COLUMNS);
  }

  /** One step of the running softmax: scores become weights, maxima and lane sums move on. */
  private void softmax(int firstRow, int rows, int keys, long firstFrom, long firstTo) {
    float[] maxima = state.maxima();
    for (int r = 0; r < rows; r++) {
      int row = firstRow + r;
      int from = Math.clamp(firstFrom + r, 0, keys);
      int to = Math.clamp(firstTo + r, 0, keys);
      int begin = from / Reduction.LANES * Reduction.LANES;
      int end = Math.ceilDiv(to, Reduction.LANES) * Reduction.LANES;
      scales[r] = 1f;
      if (from >= to) {
        weightsAreZero(r, 0, keys);
        continue;
      }
      int at = r * SCORE_COLUMNS;
      Arrays.fill(scores, at + begin, at + from, Float.NEGATIVE_INFINITY);
      Arrays.fill(scores, at + to, at + end, Float.NEGATIVE_INFINITY);
      float before = maxima[row];
      float max = Math.max(before, kernels.maxRow(scores, at + begin, end - begin));
      maxima[row] = max;
      if (before != max) {
        rescaleLanes(row, r, before == Float.NEGATIVE_INFINITY ? 0f : FloatMath.exp(before - max));
      }
      weightsAreZero(r, 0, begin);
      kernels.expRow(
          scores,
          at,
          begin,
          end,
          max,
          weights,
          r * DEPTH_BLOCK,
          QUERY_BLOCK * DEPTH_BLOCK,
          state.lanes(),
          state.lanesOffset(row));
      weightsAreZero(r, end, keys);
    }
  }

  private void rescaleLanes(int row, int r, float scale) {
    scales[r] = scale;
    float[] lanes = state.lanes();
    for (int i = state.lanesOffset(row); i < state.lanesOffset(row + 1); i++) {
      lanes[i] *= scale;
    }
  }

  /** Weights lie in blocks of {@link Kernels#DEPTH_BLOCK} keys as tiles want them. */
  private void weightsAreZero(int r, int begin, int end) {
    for (int from = begin, to; from < end; from = to) {
      to = Math.min(end, (from / DEPTH_BLOCK + 1) * DEPTH_BLOCK);
      int at =
          from / DEPTH_BLOCK * QUERY_BLOCK * DEPTH_BLOCK + r * DEPTH_BLOCK + from % DEPTH_BLOCK;
      Arrays.fill(weights, at, at + to - from, 0f);
    }
  }

  /** sums = sums · scale + weights · values for the keys of a block. */
  private void weigh(int row, int rows, KeyBlock keys) {
    int stride = state.sumsStride();
    kernels.multiplyPanels(
        rows,
        weights,
        0,
        QUERY_BLOCK * DEPTH_BLOCK,
        keys.values(),
        keys.valuesOffset(),
        keys.valuePanel(),
        Math.ceilDiv(state.headDim(), width),
        keys.count(),
        weighted,
        0,
        stride);
    for (int r = 0; r < rows; r++) {
      kernels.rescaleRow(
          state.sums(),
          state.sumsOffset(row + r),
          scales[r],
          weighted,
          r * stride,
          state.headDim());
    }
  }
}

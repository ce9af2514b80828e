package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;
import static io.github.modernbert.kernels.Kernels.KEY_BLOCK;
import static io.github.modernbert.kernels.Kernels.QUERY_BLOCK;

import java.util.Arrays;

/**
 * Steps of attention as loops in Java: products around a {@link MicroKernel}, and loops over rows.
 *
 * @param name the implementation as users see it
 * @param kernel multiplies tiles
 * @param loops what is done to one row of scores or sums
 */
record PanelAttentionStep(String name, MicroKernel kernel, RowLoops loops)
    implements AttentionStep {
  /**
   * Row length of scores: not a power of two, so that rows do not fall into the same cache sets.
   */
  private static final int SCORE_COLUMNS = KEY_BLOCK + Matrix.ROW_PADDING;

  /** Floats from one block of columns to the next, of queries and of weights. */
  private static final int COLUMN_BLOCK = QUERY_BLOCK * DEPTH_BLOCK;

  /** Memory of one thread. */
  private static final class Workspace {
    private final float[] scores = new float[QUERY_BLOCK * SCORE_COLUMNS];

    /** In blocks of {@link Kernels#DEPTH_BLOCK} keys, as tiles want them. */
    private final float[] weights = new float[QUERY_BLOCK * KEY_BLOCK];

    /** Factors of the sums of each row. */
    private final float[] scales = new float[QUERY_BLOCK];

    private final Scratch.Floats weighted = new Scratch.Floats();
  }

  @Override
  public int panelWidth() {
    return kernel.panelWidth();
  }

  @Override
  public void attend(QueryBlock queries, KeyBlock keys, long from, long to, Scratch scratch) {
    Workspace workspace = scratch.workspace(Workspace.class, Workspace::new);
    MicroKernel tiles = kernel.using(scratch);
    score(tiles, queries, keys, workspace.scores);
    softmax(queries, keys.count(), from, to, workspace);
    weigh(tiles, queries, keys, workspace);
  }

  /** Computes {@code scores = queries · keysᵀ} for the keys of a block. */
  private void score(MicroKernel tiles, QueryBlock queries, KeyBlock keys, float[] scores) {
    AttentionState state = queries.state();
    int at = state.queriesOffset(queries.row());
    int panels = Math.ceilDiv(keys.count(), panelWidth());
    int rows = queries.rows();
    multiply(
        tiles,
        rows,
        state.queries(),
        at,
        keys.keys(),
        panels,
        state.headDim(),
        scores,
        SCORE_COLUMNS);
  }

  /** Computes {@code c = a · panels}, where a has its rows in blocks of columns. */
  private void multiply(
      MicroKernel tiles,
      int rows,
      float[] a,
      int aOffset,
      KeyBlock.Panels b,
      int panels,
      int depth,
      float[] c,
      int stride) {
    int width = panelWidth();
    for (int row = 0; row < QUERY_BLOCK * stride; row += stride) {
      Arrays.fill(c, row, row + panels * width, RowBlock.ADDITIVE_IDENTITY);
    }
    for (int p = 0, count; p < panels; p += count) {
      count = tiles.panelsAtOnce(panels - p);
      long panel = p * b.stride();
      for (int row = 0, height; row < rows; row += height) {
        height = tiles.tileRows(rows - row);
        int from = aOffset + row * DEPTH_BLOCK;
        int to = p * width + row * stride;
        tiles.multiplyPanels(
            count,
            height,
            a,
            from,
            COLUMN_BLOCK,
            b.memory(),
            panel,
            b.stride(),
            depth,
            c,
            to,
            stride);
      }
    }
  }

  /** One step of the running softmax: scores become weights, maxima and lane sums are updated. */
  private void softmax(QueryBlock queries, int keys, long firstFrom, long firstTo, Workspace w) {
    AttentionState state = queries.state();
    for (int r = 0; r < queries.rows(); r++) {
      int row = queries.row() + r;
      int from = Math.clamp(firstFrom + r, 0, keys);
      int to = Math.clamp(firstTo + r, 0, keys);
      int begin = from / Reduction.LANES * Reduction.LANES;
      int end = Math.ceilDiv(to, Reduction.LANES) * Reduction.LANES;
      w.scales[r] = 1f;
      if (from >= to) {
        clearWeights(w.weights, r, 0, keys);
        continue;
      }
      int at = r * SCORE_COLUMNS;
      Arrays.fill(w.scores, at + begin, at + from, Float.NEGATIVE_INFINITY);
      Arrays.fill(w.scores, at + to, at + end, Float.NEGATIVE_INFINITY);
      float before = state.maxima()[row];
      float max = Math.max(before, loops.max(w.scores, at + begin, end - begin));
      state.maxima()[row] = max;
      if (before != max) {
        w.scales[r] = before == Float.NEGATIVE_INFINITY ? 0f : FloatMath.exp(before - max);
        rescaleLanes(state, row, w.scales[r]);
      }
      clearWeights(w.weights, r, 0, begin);
      loops.exp(
          w.scores,
          at,
          begin,
          end,
          max,
          w.weights,
          r * DEPTH_BLOCK,
          COLUMN_BLOCK,
          state.lanes(),
          state.lanesOffset(row));
      clearWeights(w.weights, r, end, keys);
    }
  }

  private static void rescaleLanes(AttentionState state, int row, float scale) {
    float[] lanes = state.lanes();
    for (int i = state.lanesOffset(row); i < state.lanesOffset(row + 1); i++) {
      lanes[i] *= scale;
    }
  }

  private static void clearWeights(float[] weights, int r, int begin, int end) {
    for (int from = begin, to; from < end; from = to) {
      to = Math.min(end, (from / DEPTH_BLOCK + 1) * DEPTH_BLOCK);
      int at = from / DEPTH_BLOCK * COLUMN_BLOCK + r * DEPTH_BLOCK + from % DEPTH_BLOCK;
      Arrays.fill(weights, at, at + to - from, 0f);
    }
  }

  /** Computes {@code sums = sums · scale + weights · values} for the keys of a block. */
  private void weigh(MicroKernel tiles, QueryBlock queries, KeyBlock keys, Workspace w) {
    AttentionState state = queries.state();
    int stride = state.sumsStride();
    float[] weighted = w.weighted.atLeast(QUERY_BLOCK * stride);
    int panels = Math.ceilDiv(state.headDim(), panelWidth());
    int rows = queries.rows();
    multiply(tiles, rows, w.weights, 0, keys.values(), panels, keys.count(), weighted, stride);
    for (int r = 0; r < rows; r++) {
      int sums = state.sumsOffset(queries.row() + r);
      loops.rescale(state.sums(), sums, w.scales[r], weighted, r * stride, state.headDim());
    }
  }

  @Override
  public void divide(QueryBlock queries, int column, Matrix y) {
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

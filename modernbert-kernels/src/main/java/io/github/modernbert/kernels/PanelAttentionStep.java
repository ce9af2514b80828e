package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;
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
  /** Memory of one thread. */
  private static final class Workspace {
    private final RunningSoftmax.Step step = new RunningSoftmax.Step();
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
    score(tiles, queries, keys, workspace.step.scores());
    new RunningSoftmax(loops).take(queries, keys.count(), from, to, workspace.step);
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
        RunningSoftmax.SCORE_COLUMNS);
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
            RunningSoftmax.COLUMN_BLOCK,
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

  /** Computes {@code sums = sums · scale + weights · values} for the keys of a block. */
  private void weigh(MicroKernel tiles, QueryBlock queries, KeyBlock keys, Workspace w) {
    AttentionState state = queries.state();
    int stride = state.sumsStride();
    float[] weighted = w.weighted.atLeast(QUERY_BLOCK * stride);
    int panels = Math.ceilDiv(state.headDim(), panelWidth());
    int rows = queries.rows();
    multiply(
        tiles, rows, w.step.weights(), 0, keys.values(), panels, keys.count(), weighted, stride);
    for (int r = 0; r < rows; r++) {
      int sums = state.sumsOffset(queries.row() + r);
      loops.rescale(state.sums(), sums, w.step.scales()[r], weighted, r * stride, state.headDim());
    }
  }

  @Override
  public void divide(QueryBlock queries, int column, Matrix y) {
    new RunningSoftmax(loops).divide(queries, column, y);
  }
}

package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.QUERY_BLOCK;

/**
 * Steps of attention as loops in Java: products around a {@link MicroKernel}, and loops over rows.
 *
 * @param name the implementation as users see it
 * @param kernel multiplies tiles
 * @param loops what is done to one row of scores or sums
 */
record PanelAttentionStep(String name, MicroKernel kernel, RowLoops loops)
    implements AttentionStep {
  /** A query block, and the row behind it that a tile may write. */
  private static final int HEIGHT = QUERY_BLOCK + 1;

  /** Memory of one thread. */
  private static final class Workspace {
    private final RunningSoftmax.Step step = new RunningSoftmax.Step(HEIGHT);
    private final Scratch.Floats weighted = new Scratch.Floats();
  }

  @Override
  public int panelWidth() {
    return kernel.panelWidth();
  }

  @Override
  public void attend(QueryBlock queries, KeyBlock keys, long from, long to, Scratch scratch) {
    Workspace workspace = scratch.workspace(Workspace.class, Workspace::new);
    var tiles = new PanelTiles(kernel.using(scratch));
    score(tiles, queries, keys, workspace.step.scores());
    new RunningSoftmax(loops).take(queries, keys.count(), from, to, workspace.step);
    weigh(tiles, queries, keys, workspace);
  }

  /** Computes {@code scores = queries · keysᵀ} for the keys of a block. */
  private void score(PanelTiles tiles, QueryBlock queries, KeyBlock keys, float[] scores) {
    AttentionState state = queries.state();
    tiles.multiply(
        queries.rows(),
        state.queries(),
        state.queriesOffset(queries.row()),
        AttentionState.queriesBlock(),
        keys.keys(),
        Math.ceilDiv(keys.count(), panelWidth()),
        state.headDim(),
        scores,
        RunningSoftmax.SCORE_COLUMNS);
  }

  /** Computes {@code sums = sums · scale + weights · values} for the keys of a block. */
  private void weigh(PanelTiles tiles, QueryBlock queries, KeyBlock keys, Workspace w) {
    AttentionState state = queries.state();
    int stride = state.sumsStride();
    float[] weighted = w.weighted.atLeast(HEIGHT * stride);
    tiles.multiply(
        queries.rows(),
        w.step.weights(),
        0,
        w.step.weightsBlock(),
        keys.values(),
        Math.ceilDiv(state.headDim(), panelWidth()),
        keys.count(),
        weighted,
        stride);
    for (int r = 0; r < queries.rows(); r++) {
      int sums = state.sumsOffset(queries.row() + r);
      loops.rescale(state.sums(), sums, w.step.scales()[r], weighted, r * stride, state.headDim());
    }
  }

  @Override
  public void divide(QueryBlock queries, int column, Matrix y) {
    new RunningSoftmax(loops).divide(queries, column, y);
  }
}

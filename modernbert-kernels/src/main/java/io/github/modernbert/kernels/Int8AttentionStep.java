package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;
import static io.github.modernbert.kernels.Kernels.KEY_BLOCK;
import static io.github.modernbert.kernels.Kernels.QUERY_BLOCK;
import static io.github.modernbert.kernels.Matrix.FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Steps of attention whose products are of 8-bit integers, as loops in Java; see "Attention" in
 * {@link Quantization}. Integers are floats here: sums of their products are exact in float32 too,
 * see {@link RowQuantizer}.
 *
 * @param name the implementation as users see it
 * @param kernel multiplies tiles
 * @param loops what is done to one row of queries, scores, weights or sums
 */
record Int8AttentionStep(String name, MicroKernel kernel, RowLoops loops) implements AttentionStep {
  /** A query block with its residual rows, and the row behind them that a tile may write. */
  private static final int HEIGHT = 2 * QUERY_BLOCK + 1;

  /** Memory of one thread. */
  private static final class Workspace {
    private final List<QuantizedRows.Workspace> queryMemory = new ArrayList<>();

    /** Those that are walked, one for each query block. */
    private final List<QuantizedRows> queries = new ArrayList<>();

    private final QuantizedRows.Workspace weightMemory = new QuantizedRows.Workspace();
    private final RunningSoftmax.Step step = new RunningSoftmax.Step(HEIGHT);
    private final float[] scales = new float[KEY_BLOCK];
    private final Scratch.Floats weighted = new Scratch.Floats();
  }

  @Override
  public KeyFormat keyFormat() {
    return KeyFormat.WIDENED_BYTES;
  }

  @Override
  public int panelWidth() {
    return kernel.panelWidth();
  }

  @Override
  public void begin(QueryBlock queries, Scratch scratch) {
    Workspace workspace = scratch.workspace(Workspace.class, Workspace::new);
    AttentionState state = queries.state();
    int number = queries.row() / QUERY_BLOCK;
    while (workspace.queryMemory.size() <= number) {
      workspace.queryMemory.add(new QuantizedRows.Workspace());
    }
    MemorySegment rows = MemorySegment.ofArray(state.queries());
    long first = (long) state.queriesOffset(queries.row()) * Float.BYTES;
    Matrix x =
        new Matrix(rows.asSlice(first), queries.rows(), state.headDim(), DEPTH_BLOCK, QUERY_BLOCK);
    var integers = QuantizedRows.of(x, HEIGHT, loops, workspace.queryMemory.get(number));
    if (number < workspace.queries.size()) {
      workspace.queries.set(number, integers);
    } else {
      workspace.queries.add(integers);
    }
  }

  @Override
  public void attend(QueryBlock queries, KeyBlock keys, long from, long to, Scratch scratch) {
    Workspace workspace = scratch.workspace(Workspace.class, Workspace::new);
    var tiles = new PanelTiles(kernel.using(scratch));
    score(tiles, queries, keys, workspace);
    new RunningSoftmax(loops).take(queries, keys.count(), from, to, workspace.step);
    scaleWeights(queries.rows(), keys, workspace);
    weigh(tiles, queries, keys, workspace);
  }

  /** Computes {@code scores = queries · keysᵀ} for the keys of a block. */
  private void score(PanelTiles tiles, QueryBlock queries, KeyBlock keys, Workspace w) {
    QuantizedRows integers = w.queries.get(queries.row() / QUERY_BLOCK);
    int count = keys.count();
    float[] scores = w.step.scores();
    int stride = RunningSoftmax.SCORE_COLUMNS;
    multiply(tiles, integers, keys.keys(), count, scores, stride);
    MemorySegment.copy(keys.keyScales(), FLOAT, 0, w.scales, 0, count);
    for (int r = 0; r < queries.rows(); r++) {
      float scale = addResidual(integers, r, scores, stride, count);
      loops.scale(scores, r * stride, DEPTH_BLOCK, scale, w.scales, count);
    }
  }

  /** Computes {@code c = rows · panels}, residual rows included, without any scale. */
  private void multiply(
      PanelTiles tiles, QuantizedRows rows, KeyBlock.Panels b, int columns, float[] c, int stride) {
    int panels = Math.ceilDiv(columns, panelWidth());
    int block = HEIGHT * DEPTH_BLOCK;
    tiles.multiply(rows.count(), rows.integers(), 0, block, b, panels, rows.depth(), c, stride);
  }

  /** Adds what a row's residual row gives. Returns the scale that is left to be multiplied with. */
  private float addResidual(QuantizedRows rows, int r, float[] c, int stride, int columns) {
    int residualRow = rows.residualRow(r);
    float scale = rows.scale(r);
    if (residualRow < 0) {
      return scale;
    }
    float residualScale = rows.scale(residualRow);
    loops.mix(c, r * stride, scale, c, residualRow * stride, residualScale, columns);
    return 1f;
  }

  /** Multiplies weights with the scales of the values that they weigh. */
  private void scaleWeights(int rows, KeyBlock keys, Workspace w) {
    MemorySegment.copy(keys.valueScales(), FLOAT, 0, w.scales, 0, keys.count());
    int block = w.step.weightsBlock();
    for (int r = 0; r < rows; r++) {
      loops.scale(w.step.weights(), r * DEPTH_BLOCK, block, 1f, w.scales, keys.count());
    }
  }

  /** Computes {@code sums = sums · scale + weights · values} for the keys of a block. */
  private void weigh(PanelTiles tiles, QueryBlock queries, KeyBlock keys, Workspace w) {
    AttentionState state = queries.state();
    int rows = queries.rows();
    var weights =
        new QuantizedRows(w.step.weights(), HEIGHT, rows, keys.count(), loops, w.weightMemory);
    int stride = state.sumsStride();
    float[] weighted = w.weighted.atLeast(HEIGHT * stride);
    int columns = state.headDim();
    multiply(tiles, weights, keys.values(), columns, weighted, stride);
    for (int r = 0; r < rows; r++) {
      float scale = addResidual(weights, r, weighted, stride, columns);
      int sums = state.sumsOffset(queries.row() + r);
      loops.mix(state.sums(), sums, w.step.scales()[r], weighted, r * stride, scale, columns);
    }
  }

  @Override
  public void divide(QueryBlock queries, int column, Matrix y) {
    new RunningSoftmax(loops).divide(queries, column, y);
  }
}

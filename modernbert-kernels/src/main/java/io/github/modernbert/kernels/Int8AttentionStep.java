package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;
import static io.github.modernbert.kernels.Kernels.KEY_BLOCK;
import static io.github.modernbert.kernels.Kernels.QUERY_BLOCK;
import static io.github.modernbert.kernels.Matrix.FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Steps of attention whose products are of 8-bit integers, as loops in Java; see "Attention" in
 * {@link Quantization}.
 *
 * @param name the implementation as users see it
 * @param product multiplies rows with integers
 * @param loops what is done to one row of scores or sums
 */
record Int8AttentionStep(String name, PanelProduct product, RowLoops loops)
    implements AttentionStep {
  /** Memory of one thread; what products write lies outside of the heap. */
  private static final class Workspace {
    private final RunningSoftmax.Step step = new RunningSoftmax.Step();
    private final float[] valueScales = new float[KEY_BLOCK];
    private final float[] scales = new float[DEPTH_BLOCK];
    private final float[] row = new float[DEPTH_BLOCK];
    private final Scratch.Bytes scores = new Scratch.Bytes();
    private final Scratch.Bytes sums = new Scratch.Bytes();
    private final Scratch.Bytes ones = new Scratch.Bytes();
  }

  @Override
  public int panelWidth() {
    return product.panelWidth();
  }

  @Override
  public void attend(QueryBlock queries, KeyBlock keys, long from, long to, Scratch scratch) {
    Workspace workspace = scratch.workspace(Workspace.class, Workspace::new);
    score(queries, keys, workspace, scratch);
    new RunningSoftmax(loops).take(queries, keys.count(), from, to, workspace.step);
    scaleWeights(queries.rows(), keys, workspace);
    weigh(queries, keys, workspace, scratch);
  }

  /** Computes {@code scores = queries · keysᵀ} for the keys of a block. */
  private void score(QueryBlock queries, KeyBlock keys, Workspace w, Scratch scratch) {
    AttentionState state = queries.state();
    int count = keys.count();
    Matrix x =
        inBlocks(
            state.queries(), state.queriesOffset(queries.row()), queries.rows(), state.headDim());
    var k =
        new Int8Panels(
            product,
            keys.keys().memory(),
            panelWidth(),
            count,
            state.headDim(),
            scales(keys.keyScales(), Math.ceilDiv(count, panelWidth()) * panelWidth()),
            keys.keyShifts(),
            null);
    float[] scores = w.step.scores();
    MemorySegment memory = w.scores.atLeast((long) scores.length * Float.BYTES);
    Matrix y =
        new Matrix(memory, queries.rows(), count, RunningSoftmax.SCORE_COLUMNS, queries.rows());
    product.multiply(x, k, y, false, scratch);
    MemorySegment.copy(memory, FLOAT, 0, scores, 0, queries.rows() * RunningSoftmax.SCORE_COLUMNS);
  }

  /** Rows that lie in blocks of columns of whole query blocks. */
  private static Matrix inBlocks(float[] a, int offset, int rows, int columns) {
    MemorySegment memory = MemorySegment.ofArray(a).asSlice((long) offset * Float.BYTES);
    return new Matrix(memory, rows, columns, DEPTH_BLOCK, QUERY_BLOCK);
  }

  private static Matrix scales(MemorySegment memory, int count) {
    return new Matrix(memory, 1, count, count, 1);
  }

  /** Multiplies weights with the scales of the values that they weigh. */
  private static void scaleWeights(int rows, KeyBlock keys, Workspace w) {
    MemorySegment.copy(keys.valueScales(), FLOAT, 0, w.valueScales, 0, keys.count());
    float[] weights = w.step.weights();
    for (int k = 0; k < keys.count(); k += DEPTH_BLOCK) {
      int count = Math.min(DEPTH_BLOCK, keys.count() - k);
      int at = k / DEPTH_BLOCK * RunningSoftmax.COLUMN_BLOCK;
      System.arraycopy(w.valueScales, k, w.scales, 0, count);
      for (int r = 0; r < rows; r++) {
        // Copied, since C2 vectorises loops over arrays at the same index only.
        System.arraycopy(weights, at + r * DEPTH_BLOCK, w.row, 0, count);
        multiply(w.row, w.scales);
        System.arraycopy(w.row, 0, weights, at + r * DEPTH_BLOCK, count);
      }
    }
  }

  private static void multiply(float[] values, float[] factors) {
    for (int i = 0; i < DEPTH_BLOCK; i++) {
      values[i] *= factors[i];
    }
  }

  /** Computes {@code sums = sums · scale + weights · values} for the keys of a block. */
  private void weigh(QueryBlock queries, KeyBlock keys, Workspace w, Scratch scratch) {
    AttentionState state = queries.state();
    int rows = queries.rows();
    int stride = state.sumsStride();
    int first = state.sumsOffset(queries.row());
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < stride; i++) {
        state.sums()[first + r * stride + i] *= w.step.scales()[r];
      }
    }
    Matrix x = inBlocks(w.step.weights(), 0, rows, keys.count());
    // A row more, since panels are seen as matrices of whole rows that begin within a row.
    MemorySegment sums = w.sums.atLeast((rows + 1L) * stride * Float.BYTES);
    MemorySegment.copy(state.sums(), first, sums, FLOAT, 0, rows * stride);
    Matrix ones = ones(w);
    RowBlock block = null;
    for (int column = 0; column < state.headDim(); column += panelWidth()) {
      int count = Math.min(panelWidth(), state.headDim() - column);
      KeyBlock.Panels values = keys.values();
      MemorySegment panel = values.memory().asSlice(column / panelWidth() * values.stride());
      var v =
          new Int8Panels(
              product, panel, panelWidth(), count, keys.count(), ones, MemorySegment.NULL, null);
      if (block == null) {
        block = product.block(x, v, scratch);
      }
      long at = (long) column * Float.BYTES;
      Matrix y = new Matrix(sums.asSlice(at), rows, count, stride, rows);
      product.addPanel(block, v, y, scratch);
    }
    MemorySegment.copy(sums, FLOAT, 0, state.sums(), first, rows * stride);
  }

  private Matrix ones(Workspace w) {
    MemorySegment memory = w.ones.atLeast((long) panelWidth() * Float.BYTES);
    var ones = new float[panelWidth()];
    Arrays.fill(ones, 1f);
    MemorySegment.copy(ones, 0, memory, FLOAT, 0, ones.length);
    return scales(memory, ones.length);
  }

  @Override
  public void divide(QueryBlock queries, int column, Matrix y) {
    new RunningSoftmax(loops).divide(queries, column, y);
  }
}

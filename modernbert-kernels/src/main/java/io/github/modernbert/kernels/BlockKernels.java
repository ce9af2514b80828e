package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Matrix.FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The loops over blocks, rows and heads that implementations share; what is left to them are the
 * innermost loops. The order of every sum is fixed here, in {@link ProductLoop} and {@link
 * AttentionLoop}, and in the contracts of those loops.
 *
 * <p>Offsets into memory segments are in bytes, offsets and strides in arrays in floats. Rows of a
 * {@link Matrix} may be read and written up to the next multiple of {@link Matrix#ROW_PADDING}
 * floats.
 *
 * <p>What a product works on while it runs lies in arrays: their accesses are an order of magnitude
 * less code for the compilers than those of segments, and a kernel that is too much for C1 is never
 * compiled by C2 either.
 */
public abstract class BlockKernels implements Kernels {
  /** Floats of rows that stay in a second-level cache of two megabytes, beside panels. */
  private static final int CACHED_FLOATS = 264 << 10;

  /** For subclasses. */
  protected BlockKernels() {}

  /**
   * How many rows a product should take at a time, so that they stay in the second-level cache
   * while all panels pass.
   *
   * @param step of which it is a multiple
   */
  protected static int cachedRows(int depth, int step) {
    return Math.max(1, CACHED_FLOATS / depth / step) * step;
  }

  /**
   * {@code y = x · Wᵀ + b}, or that added to y, over more than {@link #SMALL} elements. Sums over
   * blocks of {@link #DEPTH_BLOCK} elements, each one chain of fused multiply-adds from +0 in
   * ascending order, are added in ascending order, then the bias, then all of it to y. Products
   * with {@link Int8Panels} are those of {@link Quantization}, over any depth.
   */
  protected abstract void multiplyDeep(
      Matrix x, PackedMatrix w, Matrix y, boolean add, Scratch scratch);

  /** {@code y = activation(x · Uᵀ + b) ⊙ (x · Gᵀ + c)}, the products likewise. */
  protected abstract void multiplyGateDeep(
      Matrix x, PackedMatrix u, PackedMatrix g, Activation activation, Matrix y, Scratch scratch);

  /**
   * The product of some rows of a with some panels, side by side: {@code c[r, p · width + n] = Σ_k
   * a[r, k] · b[p][k, n]}, summed as in {@link #multiplyDeep}.
   *
   * @param rows from 1 to {@link #QUERY_BLOCK}; so many rows of a and of c as the latter may be
   *     read and written
   * @param a blocks of columns, in each the rows at distances of {@link #DEPTH_BLOCK} floats
   * @param aBlock from one block of a to the next
   * @param b panels, in each the rows one after the other
   * @param bPanel from one panel to the next
   */
  protected abstract void multiplyPanels(
      int rows,
      float[] a,
      int aOffset,
      int aBlock,
      MemorySegment b,
      long bOffset,
      long bPanel,
      int panels,
      int depth,
      float[] c,
      int cOffset,
      int cStride);

  /**
   * {@code y[i] = c[i]}, {@code c[i] + bias[i]}, {@code y[i] + c[i]} or {@code y[i] + (c[i] +
   * bias[i])}.
   */
  protected abstract void finishRow(
      float[] c,
      int cOffset,
      MemorySegment bias,
      long biasOffset,
      boolean hasBias,
      MemorySegment y,
      long yOffset,
      boolean add,
      int count);

  /** {@code lanes[l] += Σ x[i]} over i ≡ l modulo {@link Reduction#LANES} in ascending order. */
  protected abstract void sumRow(MemorySegment x, long xOffset, int count, float[] lanes);

  /** {@code lanes[l] += Σ (x[i] − mean)²} likewise, fused. */
  protected abstract void squaresRow(
      MemorySegment x, long xOffset, float mean, int count, float[] lanes);

  /**
   * {@code y[i] = ((x[i] − mean) · inverse) · weight[i]}, or with the bias added in the same
   * operation.
   *
   * @param column of the first element of weight and bias
   */
  protected abstract void normRow(
      MemorySegment x,
      long xOffset,
      float mean,
      float inverse,
      LayerNorm norm,
      int column,
      MemorySegment y,
      long yOffset,
      int count);

  /**
   * {@code x[i] = activation(x[i])}; whole vectors are read and written.
   *
   * @param t as many floats for intermediate results, rounded up to {@link Reduction#LANES}
   */
  protected abstract void activate(Activation activation, float[] x, int count, float[] t);

  /** {@code y[i] = a[i] · b[i]}; whole vectors are read and written. */
  protected abstract void multiplyRow(
      float[] a, int aOffset, float[] b, int bOffset, MemorySegment y, long yOffset, int count);

  /**
   * Turns one head by the angles of one position: {@code y[j] = (x[j] · cos[j] − x[j + half] ·
   * sin[j]) · scale} and {@code y[j + half] = (x[j + half] · cos[j] + x[j] · sin[j]) · scale}; the
   * first product of each sum is fused with the addition.
   *
   * @param tableOffset of the position, in the table of cosines as well as in that of sines
   */
  protected abstract void rotateRow(
      float[] x, Rotary rotary, long tableOffset, int half, float scale, float[] y);

  /** {@link #rotateRow} one element after the other, beginning with pair {@code from}. */
  protected static void rotateFrom(
      int from, float[] x, Rotary rotary, long tableOffset, int half, float scale, float[] y) {
    MemorySegment cosines = rotary.cos().segment();
    MemorySegment sines = rotary.sin().segment();
    for (int j = from; j < half; j++) {
      float cos = cosines.get(FLOAT, tableOffset + j * 4L);
      float sin = sines.get(FLOAT, tableOffset + j * 4L);
      float a = x[j];
      float b = x[half + j];
      y[j] = Math.fma(a, cos, -(b * sin)) * scale;
      y[half + j] = Math.fma(b, cos, a * sin) * scale;
    }
  }

  /**
   * The largest of {@code count} floats, a multiple of {@link Reduction#LANES}; any of them if
   * there is a NaN.
   */
  protected abstract float maxRow(float[] s, int offset, int count);

  /**
   * {@code p[i] = exp(s[i] − max)} for i from {@code from} to {@code to}, and {@code lanes[l] += Σ
   * p[i]} over i ≡ l modulo {@link Reduction#LANES} in ascending order. Both ends are multiples of
   * that.
   *
   * @param sOffset of s[0]
   * @param pOffset of p[0]; the elements of p lie in blocks of {@link #DEPTH_BLOCK}
   * @param blockStride from one block to the next
   */
  protected abstract void expRow(
      float[] s,
      int sOffset,
      int from,
      int to,
      float max,
      float[] p,
      int pOffset,
      int blockStride,
      float[] lanes,
      int lanesOffset);

  /** {@code sums[i] = sums[i] · scale + x[i]}, fused. */
  protected abstract void rescaleRow(
      float[] sums, int sumsOffset, float scale, float[] x, int xOffset, int count);

  /** {@code y[i] = x[i] / divisor}. */
  protected abstract void divideRow(
      float[] x, int xOffset, float divisor, MemorySegment y, long yOffset, int count);

  /**
   * One step of attention, a query block with a block of keys: scores, their weights in the running
   * softmax, and the weighted values. Overridden where all of it is one piece of code, with the
   * same operations in the same order.
   *
   * @param row the first one of the query block
   * @param rows from 1 to {@link #QUERY_BLOCK}
   * @param from the first of the keys that the first query sees, and the first one after them; for
   *     each further query both are one more. May lie outside of the block on either side.
   */
  protected void attendBlock(
      AttentionState state, int row, int rows, KeyBlock keys, long from, long to, Scratch scratch) {
    new AttentionStep(this, state, scratch).run(row, rows, keys, from, to);
  }

  /**
   * The end of attention: rows of y are those of the sums from {@code column} on, divided by the
   * total of the row's lanes.
   *
   * @param yStride bytes from one row of y to the next
   */
  protected void divideRows(
      AttentionState state,
      int row,
      int rows,
      int column,
      int count,
      MemorySegment y,
      long yOffset,
      long yStride) {
    var lanes = new float[Reduction.LANES];
    for (int r = row; r < row + rows; r++) {
      System.arraycopy(state.lanes(), state.lanesOffset(r), lanes, 0, Reduction.LANES);
      float total = Reduction.tree(lanes);
      long at = yOffset + (r - row) * yStride;
      divideRow(state.sums(), state.sumsOffset(r) + column, total, y, at, count);
    }
  }

  @Override
  public final void multiply(Matrix x, PackedMatrix w, Matrix y, Scratch scratch) {
    multiply(x, w, y, false, scratch);
  }

  @Override
  public final void multiplyAdd(Matrix x, PackedMatrix w, Matrix y, Scratch scratch) {
    multiply(x, w, y, true, scratch);
  }

  private void multiply(Matrix x, PackedMatrix w, Matrix y, boolean add, Scratch scratch) {
    if (w.depth() <= SMALL && w instanceof FloatPanels panels) {
      SmallSums.multiply(x, panels, y, add);
    } else {
      multiplyDeep(x, w, y, add, scratch);
    }
  }

  @Override
  public final void multiplyGate(
      Matrix x, PackedMatrix u, PackedMatrix g, Activation activation, Matrix y, Scratch scratch) {
    if (u.depth() <= SMALL && u instanceof FloatPanels a && g instanceof FloatPanels b) {
      SmallSums.multiplyGate(x, a, b, activation, y);
    } else {
      multiplyGateDeep(x, u, g, activation, y, scratch);
    }
  }

  /**
   * The end of a gate: columns of y are the products of what is side by side in both arrays.
   *
   * @param width floats of a row in the arrays
   * @param column the first one of y
   */
  protected final void multiplyRows(float[] a, float[] b, int width, int column, Matrix y) {
    int count = Math.min(width, y.columns() - column);
    long to = y.offset(0, column);
    for (int r = 0; r < y.rows(); r++) {
      long at = to + (long) r * y.stride() * Float.BYTES;
      multiplyRow(a, r * width, b, r * width, y.segment(), at, count);
    }
  }

  /**
   * The end of a product: columns of y become sums with their bias, or that is added to them.
   *
   * @param sums of the panel, row after row
   * @param column the first one of y; as many as fit are written
   */
  public final void finishPanel(
      float[] sums, PackedMatrix w, int panel, Matrix y, int column, boolean add) {
    int width = w.panelWidth();
    Matrix bias = w.bias();
    MemorySegment offsets = bias == null ? MemorySegment.NULL : bias.segment();
    long first = (long) panel * width * Float.BYTES;
    int count = Math.min(width, y.columns() - column);
    long to = y.offset(0, column);
    for (int r = 0; r < y.rows(); r++) {
      long at = to + (long) r * y.stride() * Float.BYTES;
      finishRow(sums, r * width, offsets, first, bias != null, y.segment(), at, add, count);
    }
  }

  @Override
  public final void layerNorm(Matrix x, LayerNorm norm, Matrix y) {
    if (x.columns() <= SMALL) {
      SmallSums.layerNorm(x, norm, y);
    } else {
      layerNormDeep(x, norm, y);
    }
  }

  /**
   * Layer normalisation over more than {@link #SMALL} elements: mean and variance are sums as in
   * {@link #sumRow} and {@link #squaresRow}, the rest is as in {@link #normRow}.
   */
  protected void layerNormDeep(Matrix x, LayerNorm norm, Matrix y) {
    int count = x.columns();
    var lanes = new float[Reduction.LANES];
    for (int r = 0; r < x.rows(); r++) {
      Arrays.fill(lanes, 0f);
      for (int c = 0; c < count; c += x.run(c)) {
        sumRow(x.segment(), x.offset(r, c), x.run(c), lanes);
      }
      float mean = Reduction.tree(lanes) / count;
      Arrays.fill(lanes, 0f);
      for (int c = 0; c < count; c += x.run(c)) {
        squaresRow(x.segment(), x.offset(r, c), mean, x.run(c), lanes);
      }
      float variance = Reduction.tree(lanes) / count;
      float inverse = 1f / (float) Math.sqrt(variance + norm.epsilon());
      for (int c = 0, run; c < count; c += run) {
        run = Math.min(x.run(c), y.run(c));
        long from = x.offset(r, c);
        normRow(x.segment(), from, mean, inverse, norm, c, y.segment(), y.offset(r, c), run);
      }
    }
  }

  @Override
  public final void activate(Activation activation, Matrix x) {
    int padded = Matrix.padded(x.columns());
    var row = new float[padded];
    var t = new float[padded];
    for (int r = 0; r < x.rows(); r++) {
      x.read(r, 0, row, 0, x.columns());
      activate(activation, row, x.columns(), t);
      x.write(row, r, 0, x.columns());
    }
  }

  @Override
  public void splitHeads(
      Matrix qkv,
      int position,
      Rotary rotary,
      float scale,
      Matrix queries,
      KeyValues target,
      int sequence) {
    new HeadSplitter(this, qkv, position, rotary, target, sequence).split(scale, queries);
  }

  @Override
  public final void attend(
      Matrix queries,
      int position,
      int reach,
      KeyValues keyValues,
      int sequence,
      Matrix y,
      Scratch scratch) {
    new AttentionLoop(this, queries, position, reach, keyValues, sequence, y, scratch).run();
  }
}

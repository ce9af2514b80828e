package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Matrix.FLOAT;

import java.lang.foreign.MemorySegment;

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
  /** For subclasses. */
  protected BlockKernels() {}

  /** The height of the tile to use when so many rows are left; may be one more than are left. */
  protected abstract int tileRows(int left);

  /**
   * Adds the product of {@code rows} rows of a with one panel b to c: c[r, n] += Σ_k a[r, k] · b[k,
   * n], for n below the panel width and k below depth, where the sum is one chain of fused
   * multiply-adds from +0 in ascending order.
   *
   * @param rows a result of {@link #tileRows}
   * @param a rows at distances of {@link #DEPTH_BLOCK} floats
   * @param b rows of the panel one after the other
   * @param depth from 1 to {@link #DEPTH_BLOCK}
   */
  protected abstract void tile(
      int rows,
      float[] a,
      int aOffset,
      MemorySegment b,
      long bOffset,
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

  /** Layer normalisation of one row. */
  protected abstract void normRow(
      MemorySegment x, long xOffset, LayerNorm norm, MemorySegment y, long yOffset, int count);

  /**
   * {@code y[i] = activation(x[i])}; y may be x.
   *
   * @param t as many floats for intermediate results, rounded up to {@link Reduction#LANES}
   */
  protected abstract void activateRow(
      Activation activation,
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset,
      int count,
      float[] t);

  /** {@code y[i] = y[i] · g[i]}; g may be read up to the next whole vector. */
  protected abstract void multiplyRow(
      MemorySegment y, long yOffset, MemorySegment g, long gOffset, int count);

  /**
   * Turns one head by the angles of one position: {@code y[j] = (x[j] · cos[j] − x[j + half] ·
   * sin[j]) · scale} and {@code y[j + half] = (x[j + half] · cos[j] + x[j] · sin[j]) · scale}; the
   * first product of each sum is fused with the addition.
   *
   * @param tableOffset of the position, in the table of cosines as well as in that of sines
   */
  protected abstract void rotateRow(
      MemorySegment x,
      long xOffset,
      Rotary rotary,
      long tableOffset,
      int half,
      float scale,
      float[] y);

  /** {@link #rotateRow} one element after the other, beginning with pair {@code from}. */
  protected static void rotateFrom(
      int from,
      MemorySegment x,
      long xOffset,
      Rotary rotary,
      long tableOffset,
      int half,
      float scale,
      float[] y) {
    MemorySegment cosines = rotary.cos().segment();
    MemorySegment sines = rotary.sin().segment();
    for (int j = from; j < half; j++) {
      float cos = cosines.get(FLOAT, tableOffset + j * 4L);
      float sin = sines.get(FLOAT, tableOffset + j * 4L);
      float a = x.get(FLOAT, xOffset + j * 4L);
      float b = x.get(FLOAT, xOffset + (half + j) * 4L);
      y[j] = Math.fma(a, cos, -(b * sin)) * scale;
      y[half + j] = Math.fma(b, cos, a * sin) * scale;
    }
  }

  /** The largest of {@code count} floats, a multiple of {@link Reduction#LANES}. */
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

  @Override
  public final void multiply(Matrix x, PackedMatrix w, Matrix y, Scratch scratch) {
    multiply(x, w, y, false, scratch);
  }

  @Override
  public final void multiplyAdd(Matrix x, PackedMatrix w, Matrix y, Scratch scratch) {
    multiply(x, w, y, true, scratch);
  }

  private void multiply(Matrix x, PackedMatrix w, Matrix y, boolean add, Scratch scratch) {
    if (w.depth() <= SMALL) {
      SmallSums.multiply(x, w, y, add);
    } else {
      multiplyDeep(x, w, y, add, scratch);
    }
  }

  /**
   * A product of more than {@link #SMALL} elements, for implementations of all of {@link
   * ProductLoop}.
   */
  protected void multiplyDeep(Matrix x, PackedMatrix w, Matrix y, boolean add, Scratch scratch) {
    new ProductLoop(this, w, add, scratch).run(x, y);
  }

  @Override
  public final void layerNorm(Matrix x, LayerNorm norm, Matrix y) {
    if (x.columns() <= SMALL) {
      SmallSums.layerNorm(x, norm, y);
      return;
    }
    for (int r = 0; r < x.rows(); r++) {
      normRow(x.segment(), x.offset(r, 0), norm, y.segment(), y.offset(r, 0), x.columns());
    }
  }

  @Override
  public final void activate(Activation activation, Matrix x) {
    var t = new float[Matrix.padded(x.columns())];
    for (int r = 0; r < x.rows(); r++) {
      long at = x.offset(r, 0);
      activateRow(activation, x.segment(), at, x.segment(), at, x.columns(), t);
    }
  }

  @Override
  public final void gate(Activation activation, Matrix x, Matrix y) {
    int half = y.columns();
    var t = new float[Matrix.padded(half)];
    for (int r = 0; r < x.rows(); r++) {
      long to = y.offset(r, 0);
      activateRow(activation, x.segment(), x.offset(r, 0), y.segment(), to, half, t);
      // Within the row for whole vectors as well: the padding is twice as long as a vector.
      multiplyRow(y.segment(), to, x.segment(), x.offset(r, half), half);
    }
  }

  @Override
  public final void splitHeads(
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

package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Matrix.FLOAT;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The innermost loops over one row, which fix the order of sums over rows: for {@link RowByRow},
 * {@link PanelAttentionStep} and {@link Int8AttentionStep}.
 *
 * <p>Offsets into segments are in bytes, offsets in arrays in floats. Rows may be read and written
 * up to the next multiple of {@link Matrix#ROW_PADDING} floats.
 */
public interface RowLoops {
  /**
   * {@code y[i] = c[i]}, {@code c[i] + bias[i]}, {@code y[i] + c[i]} or {@code y[i] + (c[i] +
   * bias[i])}.
   */
  void store(
      float[] c,
      int cOffset,
      @Nullable MemorySegment bias,
      long biasOffset,
      MemorySegment y,
      long yOffset,
      StoreMode mode,
      int count);

  /** {@code lanes[l] += Σ x[i]} over i ≡ l modulo {@link Reduction#LANES} in ascending order. */
  void sum(MemorySegment x, long xOffset, int count, float[] lanes);

  /** {@code lanes[l] += Σ (x[i] − mean)²}, fused, over the same i in the same order. */
  void squares(MemorySegment x, long xOffset, float mean, int count, float[] lanes);

  /**
   * {@code y[i] = ((x[i] − mean) · inverse) · weight[i]}, or with the bias added in the same
   * operation.
   *
   * @param column of the first element of weight and bias
   */
  void normalize(
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
  void activate(Activation activation, float[] x, int count, float[] t);

  /** {@code y[i] = a[i] · b[i]}; whole vectors are read and written. */
  void multiply(
      float[] a, int aOffset, float[] b, int bOffset, MemorySegment y, long yOffset, int count);

  /**
   * Turns one head by the angles of one position: {@code y[j] = (x[j] · cos[j] − x[j + half] ·
   * sin[j]) · scale} and {@code y[j + half] = (x[j + half] · cos[j] + x[j] · sin[j]) · scale}; the
   * first product of each sum is fused with the addition.
   *
   * @param tableOffset of the position, in the table of cosines as well as in that of sines
   */
  void rotate(float[] x, Rotary rotary, long tableOffset, int half, float scale, float[] y);

  /**
   * The largest of {@code count} floats, a multiple of {@link Reduction#LANES}; any of them if
   * there is a NaN.
   */
  float max(float[] s, int offset, int count);

  /**
   * {@code p[i] = exp(s[i] − max)} for i from {@code from} to {@code to}, and {@code lanes[l] += Σ
   * p[i]} over i ≡ l modulo {@link Reduction#LANES} in ascending order. Both ends are multiples of
   * that.
   *
   * @param sOffset of s[0]
   * @param pOffset of p[0]; the elements of p lie in blocks of {@link Kernels#DEPTH_BLOCK}
   * @param blockStride from one block to the next
   */
  void exp(
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
  void rescale(float[] sums, int sumsOffset, float scale, float[] x, int xOffset, int count);

  /** {@code y[i] = y[i] · a + x[i] · b}, each product and the sum rounded. */
  void mix(float[] y, int yOffset, float a, float[] x, int xOffset, float b, int count);

  /**
   * {@code x[i] = (x[i] · factor) · factors[i]}.
   *
   * @param blockStride from one block of {@link Kernels#DEPTH_BLOCK} elements of x to the next
   */
  void scale(float[] x, int xOffset, int blockStride, float factor, float[] factors, int count);

  /**
   * The largest absolute value; NaN if there is one. As in all loops that make integers, elements
   * lie in blocks of {@link Kernels#DEPTH_BLOCK}, and behind the last one are zeros up to the next
   * multiple of {@link Reduction#LANES}.
   *
   * @param blockStride from one block to the next
   */
  float largest(float[] x, int xOffset, int blockStride, int count);

  /** {@code x[i] = round(x[i] · inverse)}, see {@link Quantization}. */
  void round(float[] x, int xOffset, int blockStride, float inverse, int count);

  /**
   * {@link #round}, and writes the residuals {@code x[i] − q[i] · scale}, fused, of the integers q.
   * Returns the exact sum of the squares of these.
   *
   * @param residualOffset of the row in x that receives the residuals
   * @param count at most {@value RowQuantizer#EXACT}
   */
  float roundKeepingResiduals(
      float[] x,
      int xOffset,
      int residualOffset,
      int blockStride,
      float inverse,
      float scale,
      int count);

  /** {@code y[i] = x[i] / divisor}; nothing behind the row is written. */
  void divide(float[] x, int xOffset, float divisor, MemorySegment y, long yOffset, int count);

  /** {@link #rotate} one element after the other, beginning with pair {@code from}. */
  static void rotateFrom(
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
}

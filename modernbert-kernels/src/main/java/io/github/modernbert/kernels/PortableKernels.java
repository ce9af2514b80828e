package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Matrix.FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Plain loops, written so that the just-in-time compiler can vectorise them; runs on any machine.
 * Needs a processor with fused multiply-add to be of use: without it {@link Math#fma} is emulated.
 */
public final class PortableKernels extends BlockKernels {
  private static final int PANEL_WIDTH = 32;
  private static final long PANEL_BYTES = PANEL_WIDTH * Float.BYTES;
  private static final int MAX_ROWS = QUERY_BLOCK;

  /** The only state is none. */
  public PortableKernels() {}

  @Override
  public String name() {
    return "portable";
  }

  @Override
  public int panelWidth() {
    return PANEL_WIDTH;
  }

  @Override
  protected int tileRows(int left) {
    return Math.min(left, MAX_ROWS);
  }

  @Override
  protected void tile(
      int rows,
      float[] a,
      int aOffset,
      MemorySegment b,
      long bOffset,
      int depth,
      float[] c,
      int cOffset,
      int cStride) {
    var sums = new float[rows][PANEL_WIDTH];
    var panel = new float[4][PANEL_WIDTH];
    int k = 0;
    for (; k + 4 <= depth; k += 4) {
      for (int i = 0; i < 4; i++) {
        MemorySegment.copy(b, FLOAT, bOffset + (k + i) * PANEL_BYTES, panel[i], 0, PANEL_WIDTH);
      }
      for (int row = 0; row < rows; row++) {
        int at = aOffset + row * DEPTH_BLOCK + k;
        addProducts(a[at], a[at + 1], a[at + 2], a[at + 3], panel, sums[row]);
      }
    }
    for (; k < depth; k++) {
      MemorySegment.copy(b, FLOAT, bOffset + k * PANEL_BYTES, panel[0], 0, PANEL_WIDTH);
      for (int row = 0; row < rows; row++) {
        addProduct(a[aOffset + row * DEPTH_BLOCK + k], panel[0], sums[row]);
      }
    }
    for (int row = 0; row < rows; row++) {
      int at = cOffset + row * cStride;
      for (int n = 0; n < PANEL_WIDTH; n++) {
        c[at + n] += sums[row][n];
      }
    }
  }

  /** Four links of the chain at once. C2 vectorises this: whole arrays, all at the same index. */
  private static void addProducts(
      float x0, float x1, float x2, float x3, float[][] panel, float[] sums) {
    float[] b0 = panel[0];
    float[] b1 = panel[1];
    float[] b2 = panel[2];
    float[] b3 = panel[3];
    for (int n = 0; n < sums.length; n++) {
      float sum = Math.fma(x1, b1[n], Math.fma(x0, b0[n], sums[n]));
      sums[n] = Math.fma(x3, b3[n], Math.fma(x2, b2[n], sum));
    }
  }

  private static void addProduct(float x, float[] b, float[] sums) {
    for (int n = 0; n < sums.length; n++) {
      sums[n] = Math.fma(x, b[n], sums[n]);
    }
  }

  @Override
  protected void finishRow(
      float[] c,
      int cOffset,
      MemorySegment bias,
      long biasOffset,
      boolean hasBias,
      MemorySegment y,
      long yOffset,
      boolean add,
      int count) {
    for (int i = 0; i < count; i++) {
      float value = c[cOffset + i];
      if (hasBias) {
        value += bias.get(FLOAT, biasOffset + i * 4L);
      }
      if (add) {
        value = y.get(FLOAT, yOffset + i * 4L) + value;
      }
      y.set(FLOAT, yOffset + i * 4L, value);
    }
  }

  @Override
  protected void normRow(
      MemorySegment x, long xOffset, LayerNorm norm, MemorySegment y, long yOffset, int count) {
    var lanes = new float[Reduction.LANES];
    for (int i = 0; i < count; i++) {
      lanes[i % Reduction.LANES] += x.get(FLOAT, xOffset + i * 4L);
    }
    float mean = Reduction.tree(lanes) / count;
    Arrays.fill(lanes, 0f);
    for (int i = 0; i < count; i++) {
      float d = x.get(FLOAT, xOffset + i * 4L) - mean;
      lanes[i % Reduction.LANES] = Math.fma(d, d, lanes[i % Reduction.LANES]);
    }
    float variance = Reduction.tree(lanes) / count;
    float inverse = 1f / (float) Math.sqrt(variance + norm.epsilon());
    MemorySegment weight = norm.weight().segment();
    Matrix bias = norm.bias();
    for (int i = 0; i < count; i++) {
      float scaled = (x.get(FLOAT, xOffset + i * 4L) - mean) * inverse;
      float w = weight.get(FLOAT, i * 4L);
      y.set(FLOAT, yOffset + i * 4L, bias == null ? scaled * w : biased(scaled, w, bias, i));
    }
  }

  private static float biased(float scaled, float weight, Matrix bias, int i) {
    return Math.fma(scaled, weight, bias.get(0, i));
  }

  @Override
  protected void activateRow(
      Activation activation,
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset,
      int count,
      float[] t) {
    for (int i = 0; i < count; i++) {
      y.set(FLOAT, yOffset + i * 4L, activation.apply(x.get(FLOAT, xOffset + i * 4L)));
    }
  }

  @Override
  protected void multiplyRow(
      MemorySegment y, long yOffset, MemorySegment g, long gOffset, int count) {
    for (int i = 0; i < count; i++) {
      float product = y.get(FLOAT, yOffset + i * 4L) * g.get(FLOAT, gOffset + i * 4L);
      y.set(FLOAT, yOffset + i * 4L, product);
    }
  }

  @Override
  protected void rotateRow(
      MemorySegment x,
      long xOffset,
      Rotary rotary,
      long tableOffset,
      int half,
      float scale,
      float[] y) {
    rotateFrom(0, x, xOffset, rotary, tableOffset, half, scale, y);
  }

  @Override
  protected float maxRow(float[] s, int offset, int count) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      max = Math.max(max, s[offset + i]);
    }
    return max;
  }

  @Override
  protected void expRow(
      float[] s,
      int sOffset,
      int from,
      int to,
      float max,
      float[] p,
      int pOffset,
      int blockStride,
      float[] lanes,
      int lanesOffset) {
    for (int i = from; i < to; i += Reduction.LANES) {
      int at = pOffset + i / DEPTH_BLOCK * blockStride + i % DEPTH_BLOCK;
      for (int lane = 0; lane < Reduction.LANES; lane++) {
        float e = FloatMath.exp(s[sOffset + i + lane] - max);
        p[at + lane] = e;
        lanes[lanesOffset + lane] += e;
      }
    }
  }

  @Override
  protected void rescaleRow(
      float[] sums, int sumsOffset, float scale, float[] x, int xOffset, int count) {
    for (int i = 0; i < count; i++) {
      sums[sumsOffset + i] = Math.fma(sums[sumsOffset + i], scale, x[xOffset + i]);
    }
  }

  @Override
  protected void divideRow(
      float[] x, int xOffset, float divisor, MemorySegment y, long yOffset, int count) {
    for (int i = 0; i < count; i++) {
      y.set(FLOAT, yOffset + i * 4L, x[xOffset + i] / divisor);
    }
  }
}

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
  protected int tileRows(int rows) {
    return Math.min(rows, MAX_ROWS);
  }

  @Override
  protected void tile(
      int rows,
      MemorySegment a,
      long aOffset,
      long aStride,
      MemorySegment b,
      long bOffset,
      long bStride,
      int depth,
      MemorySegment c,
      long cOffset,
      long cStride) {
    var sums = new float[rows][PANEL_WIDTH];
    var panel = new float[4][PANEL_WIDTH];
    int k = 0;
    for (; k + 4 <= depth; k += 4) {
      for (int i = 0; i < 4; i++) {
        MemorySegment.copy(b, FLOAT, bOffset + (k + i) * bStride, panel[i], 0, PANEL_WIDTH);
      }
      for (int row = 0; row < rows; row++) {
        long at = aOffset + row * aStride + k * 4L;
        addProducts(
            a.get(FLOAT, at),
            a.get(FLOAT, at + 4),
            a.get(FLOAT, at + 8),
            a.get(FLOAT, at + 12),
            panel,
            sums[row]);
      }
    }
    for (; k < depth; k++) {
      MemorySegment.copy(b, FLOAT, bOffset + k * bStride, panel[0], 0, PANEL_WIDTH);
      for (int row = 0; row < rows; row++) {
        addProduct(a.get(FLOAT, aOffset + row * aStride + k * 4L), panel[0], sums[row]);
      }
    }
    for (int row = 0; row < rows; row++) {
      MemorySegment.copy(sums[row], 0, c, FLOAT, cOffset + row * cStride, PANEL_WIDTH);
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
  protected void addTile(
      int rows,
      MemorySegment block,
      long blockStride,
      MemorySegment c,
      long cOffset,
      long cStride) {
    for (int row = 0; row < rows; row++) {
      for (int n = 0; n < PANEL_WIDTH; n++) {
        long at = cOffset + row * cStride + n * 4L;
        c.set(FLOAT, at, c.get(FLOAT, at) + block.get(FLOAT, row * blockStride + n * 4L));
      }
    }
  }

  @Override
  protected void finishRow(
      MemorySegment c,
      long cOffset,
      MemorySegment bias,
      long biasOffset,
      boolean hasBias,
      MemorySegment y,
      long yOffset,
      boolean add,
      int count) {
    for (int i = 0; i < count; i++) {
      float value = c.get(FLOAT, cOffset + i * 4L);
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
  protected void activateRow(Activation activation, MemorySegment x, long xOffset, int count) {
    for (int i = 0; i < count; i++) {
      x.set(FLOAT, xOffset + i * 4L, activation.apply(x.get(FLOAT, xOffset + i * 4L)));
    }
  }

  @Override
  protected void gateRow(
      Activation activation,
      MemorySegment x,
      long uOffset,
      long gOffset,
      MemorySegment y,
      long yOffset,
      int count) {
    for (int i = 0; i < count; i++) {
      float activated = activation.apply(x.get(FLOAT, uOffset + i * 4L));
      y.set(FLOAT, yOffset + i * 4L, activated * x.get(FLOAT, gOffset + i * 4L));
    }
  }

  @Override
  protected float maxRow(MemorySegment s, long offset, int count) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      max = Math.max(max, s.get(FLOAT, offset + i * 4L));
    }
    return max;
  }

  @Override
  protected void expRow(
      MemorySegment s,
      long offset,
      int count,
      float max,
      float scale,
      MemorySegment lanes,
      long lanesOffset) {
    for (int i = 0; i < count; i++) {
      s.set(FLOAT, offset + i * 4L, FloatMath.exp(s.get(FLOAT, offset + i * 4L) - max));
    }
    for (int lane = 0; lane < Reduction.LANES; lane++) {
      float sum = lanes.get(FLOAT, lanesOffset + lane * 4L) * scale;
      for (int i = lane; i < count; i += Reduction.LANES) {
        sum += s.get(FLOAT, offset + i * 4L);
      }
      lanes.set(FLOAT, lanesOffset + lane * 4L, sum);
    }
  }

  @Override
  protected void rescaleRow(
      MemorySegment sums, long sumsOffset, float scale, MemorySegment x, long xOffset, int count) {
    for (int i = 0; i < count; i++) {
      float sum = sums.get(FLOAT, sumsOffset + i * 4L);
      sums.set(FLOAT, sumsOffset + i * 4L, Math.fma(sum, scale, x.get(FLOAT, xOffset + i * 4L)));
    }
  }
}

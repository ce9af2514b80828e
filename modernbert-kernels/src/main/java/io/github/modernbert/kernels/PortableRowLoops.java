package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Matrix.FLOAT;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Plain loops over rows; run on any machine. */
public record PortableRowLoops() implements RowLoops {
  @Override
  public void store(
      float[] c,
      int cOffset,
      @Nullable MemorySegment bias,
      long biasOffset,
      MemorySegment y,
      long yOffset,
      boolean add,
      int count) {
    for (int i = 0; i < count; i++) {
      float value = c[cOffset + i];
      if (bias != null) {
        value += bias.get(FLOAT, biasOffset + i * 4L);
      }
      if (add) {
        value = y.get(FLOAT, yOffset + i * 4L) + value;
      }
      y.set(FLOAT, yOffset + i * 4L, value);
    }
  }

  @Override
  public void sum(MemorySegment x, long xOffset, int count, float[] lanes) {
    for (int i = 0; i < count; i++) {
      lanes[i % Reduction.LANES] += x.get(FLOAT, xOffset + i * 4L);
    }
  }

  @Override
  public void squares(MemorySegment x, long xOffset, float mean, int count, float[] lanes) {
    for (int i = 0; i < count; i++) {
      float d = x.get(FLOAT, xOffset + i * 4L) - mean;
      lanes[i % Reduction.LANES] = Math.fma(d, d, lanes[i % Reduction.LANES]);
    }
  }

  @Override
  public void normalize(
      MemorySegment x,
      long xOffset,
      float mean,
      float inverse,
      LayerNorm norm,
      int column,
      MemorySegment y,
      long yOffset,
      int count) {
    MemorySegment weight = norm.weight().segment();
    Matrix bias = norm.bias();
    for (int i = 0; i < count; i++) {
      float scaled = (x.get(FLOAT, xOffset + i * 4L) - mean) * inverse;
      float w = weight.get(FLOAT, (column + i) * 4L);
      float value = bias == null ? scaled * w : Math.fma(scaled, w, bias.get(0, column + i));
      y.set(FLOAT, yOffset + i * 4L, value);
    }
  }

  @Override
  public void activate(Activation activation, float[] x, int count, float[] t) {
    for (int i = 0; i < count; i++) {
      x[i] = activation.apply(x[i]);
    }
  }

  @Override
  public void multiply(
      float[] a, int aOffset, float[] b, int bOffset, MemorySegment y, long yOffset, int count) {
    for (int i = 0; i < count; i++) {
      y.set(FLOAT, yOffset + i * 4L, a[aOffset + i] * b[bOffset + i]);
    }
  }

  @Override
  public void rotate(float[] x, Rotary rotary, long tableOffset, int half, float scale, float[] y) {
    RowLoops.rotateFrom(0, x, rotary, tableOffset, half, scale, y);
  }

  @Override
  public float max(float[] s, int offset, int count) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      max = Math.max(max, s[offset + i]);
    }
    return max;
  }

  @Override
  public void exp(
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
      int at = pOffset + i / Kernels.DEPTH_BLOCK * blockStride + i % Kernels.DEPTH_BLOCK;
      for (int lane = 0; lane < Reduction.LANES; lane++) {
        float e = FloatMath.exp(s[sOffset + i + lane] - max);
        p[at + lane] = e;
        lanes[lanesOffset + lane] += e;
      }
    }
  }

  @Override
  public void rescale(
      float[] sums, int sumsOffset, float scale, float[] x, int xOffset, int count) {
    for (int i = 0; i < count; i++) {
      sums[sumsOffset + i] = Math.fma(sums[sumsOffset + i], scale, x[xOffset + i]);
    }
  }

  @Override
  public void divide(
      float[] x, int xOffset, float divisor, MemorySegment y, long yOffset, int count) {
    for (int i = 0; i < count; i++) {
      y.set(FLOAT, yOffset + i * 4L, x[xOffset + i] / divisor);
    }
  }
}

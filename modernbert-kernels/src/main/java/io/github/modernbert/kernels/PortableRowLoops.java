package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;
import static io.github.modernbert.kernels.Matrix.FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Loops over rows that run on any machine. As in {@link PortableMicroKernel} what is read and
 * written is copied into arrays of its own where C2 vectorises the loop then.
 */
public record PortableRowLoops() implements RowLoops {
  @Override
  public void store(
      float[] c,
      int cOffset,
      @Nullable MemorySegment bias,
      long biasOffset,
      MemorySegment y,
      long yOffset,
      StoreMode mode,
      int count) {
    if (bias == null && mode == StoreMode.OVERWRITE) {
      MemorySegment.copy(c, cOffset, y, FLOAT, yOffset, count);
      return;
    }
    float[] sums = Arrays.copyOfRange(c, cOffset, cOffset + count);
    if (bias != null) {
      add(copy(bias, biasOffset, count), sums);
    }
    if (mode == StoreMode.ADD) {
      add(copy(y, yOffset, count), sums);
    }
    MemorySegment.copy(sums, 0, y, FLOAT, yOffset, count);
  }

  private static float[] copy(MemorySegment x, long offset, int count) {
    var copy = new float[count];
    MemorySegment.copy(x, FLOAT, offset, copy, 0, count);
    return copy;
  }

  private static void add(float[] x, float[] y) {
    for (int i = 0; i < x.length; i++) {
      y[i] += x[i];
    }
  }

  @Override
  public void sum(MemorySegment x, long xOffset, int count, float[] lanes) {
    float[] row = copy(x, xOffset, count);
    for (int i = 0; i < count; i++) {
      lanes[i % Reduction.LANES] += row[i];
    }
  }

  @Override
  public void squares(MemorySegment x, long xOffset, float mean, int count, float[] lanes) {
    float[] row = copy(x, xOffset, count);
    for (int i = 0; i < count; i++) {
      float d = row[i] - mean;
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
    long parameters = (long) column * Float.BYTES;
    float[] row = copy(x, xOffset, count);
    float[] weight = copy(norm.weight().segment(), parameters, count);
    Matrix bias = norm.bias();
    if (bias == null) {
      for (int i = 0; i < row.length; i++) {
        row[i] = (row[i] - mean) * inverse * weight[i];
      }
    } else {
      float[] offset = copy(bias.segment(), parameters, count);
      for (int i = 0; i < row.length; i++) {
        row[i] = Math.fma((row[i] - mean) * inverse, weight[i], offset[i]);
      }
    }
    MemorySegment.copy(row, 0, y, FLOAT, yOffset, count);
  }

  @Override
  public void activate(Activation activation, float[] x, int count, float[] t) {
    if (activation == Activation.GELU) {
      PortableFunctions.gelu(x, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      x[i] = activation.apply(x[i]);
    }
  }

  @Override
  public void multiply(
      float[] a, int aOffset, float[] b, int bOffset, MemorySegment y, long yOffset, int count) {
    float[] x = Arrays.copyOfRange(a, aOffset, aOffset + count);
    float[] factors = Arrays.copyOfRange(b, bOffset, bOffset + count);
    for (int i = 0; i < x.length; i++) {
      x[i] *= factors[i];
    }
    MemorySegment.copy(x, 0, y, FLOAT, yOffset, count);
  }

  @Override
  public void rotate(float[] x, Rotary rotary, long tableOffset, int half, float scale, float[] y) {
    float[] cos = copy(rotary.cos().segment(), tableOffset, half);
    float[] sin = copy(rotary.sin().segment(), tableOffset, half);
    float[] a = Arrays.copyOf(x, half);
    float[] b = Arrays.copyOfRange(x, half, 2 * half);
    for (int j = 0; j < cos.length; j++) {
      float turned = Math.fma(a[j], cos[j], -(b[j] * sin[j])) * scale;
      b[j] = Math.fma(b[j], cos[j], a[j] * sin[j]) * scale;
      a[j] = turned;
    }
    System.arraycopy(a, 0, y, 0, half);
    System.arraycopy(b, 0, y, half, half);
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
    float[] x = Arrays.copyOfRange(s, sOffset + from, sOffset + to);
    for (int i = 0; i < x.length; i++) {
      x[i] -= max;
    }
    PortableFunctions.exp(x);
    for (int i = from, end; i < to; i = end) {
      end = Math.min(to, (i / Kernels.DEPTH_BLOCK + 1) * Kernels.DEPTH_BLOCK);
      int at = pOffset + i / Kernels.DEPTH_BLOCK * blockStride + i % Kernels.DEPTH_BLOCK;
      System.arraycopy(x, i - from, p, at, end - i);
    }
    for (int i = 0; i < x.length; i += Reduction.LANES) {
      for (int lane = 0; lane < Reduction.LANES; lane++) {
        lanes[lanesOffset + lane] += x[i + lane];
      }
    }
  }

  @Override
  public void rescale(
      float[] sums, int sumsOffset, float scale, float[] x, int xOffset, int count) {
    float[] scaled = Arrays.copyOfRange(sums, sumsOffset, sumsOffset + count);
    float[] summands = Arrays.copyOfRange(x, xOffset, xOffset + count);
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = Math.fma(scaled[i], scale, summands[i]);
    }
    System.arraycopy(scaled, 0, sums, sumsOffset, count);
  }

  @Override
  public void mix(float[] y, int yOffset, float a, float[] x, int xOffset, float b, int count) {
    float[] sums = Arrays.copyOfRange(y, yOffset, yOffset + count);
    float[] summands = Arrays.copyOfRange(x, xOffset, xOffset + count);
    for (int i = 0; i < sums.length; i++) {
      sums[i] = sums[i] * a + summands[i] * b;
    }
    System.arraycopy(sums, 0, y, yOffset, count);
  }

  @Override
  public void scale(
      float[] x, int xOffset, int blockStride, float factor, float[] factors, int count) {
    float[] scaled = copyBlocks(x, xOffset, blockStride, count);
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = scaled[i] * factor * factors[i];
    }
    storeBlocks(scaled, x, xOffset, blockStride);
  }

  @Override
  public float largest(float[] x, int xOffset, int blockStride, int count) {
    var bits = new int[count];
    float[] row = copyBlocks(x, xOffset, blockStride, count);
    MemorySegment.ofArray(bits).copyFrom(MemorySegment.ofArray(row));
    return Float.intBitsToFloat(Quantization.largestMagnitude(bits));
  }

  @Override
  public void round(float[] x, int xOffset, int blockStride, float inverse, int count) {
    float[] row = copyBlocks(x, xOffset, blockStride, count);
    round(row, inverse);
    storeBlocks(row, x, xOffset, blockStride);
  }

  private static void round(float[] row, float inverse) {
    for (int i = 0; i < row.length; i++) {
      row[i] = Quantization.round(row[i] * inverse);
    }
  }

  @Override
  public float roundKeepingResiduals(
      float[] x,
      int xOffset,
      int residualOffset,
      int blockStride,
      float inverse,
      float scale,
      int count) {
    float[] row = copyBlocks(x, xOffset, blockStride, count);
    float[] residuals = row.clone();
    round(row, inverse);
    for (int i = 0; i < row.length; i++) {
      residuals[i] = Math.fma(-row[i], scale, residuals[i]);
    }
    storeBlocks(row, x, xOffset, blockStride);
    storeBlocks(residuals, x, residualOffset, blockStride);
    return squares(row);
  }

  /** C2 adds up integers in vectors, but not floats, whose order it has to keep. */
  private static int squares(float[] row) {
    var integers = new int[row.length];
    for (int i = 0; i < row.length; i++) {
      integers[i] = (int) row[i];
    }
    int sum = 0;
    for (int i = 0; i < integers.length; i++) {
      sum += integers[i] * integers[i];
    }
    return sum;
  }

  private static float[] copyBlocks(float[] x, int xOffset, int blockStride, int count) {
    var row = new float[count];
    for (int i = 0, at = xOffset; i < count; i += DEPTH_BLOCK, at += blockStride) {
      System.arraycopy(x, at, row, i, Math.min(DEPTH_BLOCK, count - i));
    }
    return row;
  }

  private static void storeBlocks(float[] row, float[] x, int xOffset, int blockStride) {
    for (int i = 0, at = xOffset; i < row.length; i += DEPTH_BLOCK, at += blockStride) {
      System.arraycopy(row, i, x, at, Math.min(DEPTH_BLOCK, row.length - i));
    }
  }

  @Override
  public void divide(
      float[] x, int xOffset, float divisor, MemorySegment y, long yOffset, int count) {
    float[] quotients = Arrays.copyOfRange(x, xOffset, xOffset + count);
    for (int i = 0; i < quotients.length; i++) {
      quotients[i] /= divisor;
    }
    MemorySegment.copy(quotients, 0, y, FLOAT, yOffset, count);
  }
}

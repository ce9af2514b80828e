package io.github.modernbert.vector;

import static io.github.modernbert.vector.Species.BYTES;
import static io.github.modernbert.vector.Species.FLOAT;
import static io.github.modernbert.vector.Species.FLOATS;
import static io.github.modernbert.vector.Species.LANES;
import static io.github.modernbert.vector.Species.ORDER;

import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.BlockKernels;
import io.github.modernbert.kernels.LayerNorm;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.Rotary;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** The innermost loops on vectors of {@link Species#LANES} floats. */
final class VectorKernels extends BlockKernels {
  /**
   * Heights of tiles. With 32 registers, as AVX-512 and NEON have them, 12 × 2 can be sums beside
   * two vectors of the panel and what the compiler needs: it spills with 14. With 16, 6 × 2.
   */
  private static final int[] TILE_ROWS =
      LANES == 16 || System.getProperty("os.arch").equals("aarch64")
          ? new int[] {12, 8, 4, 2, 1}
          : new int[] {6, 4, 2, 1};

  @Override
  public String name() {
    return "vector (%d bit)".formatted(FLOATS.vectorBitSize());
  }

  @Override
  public int panelWidth() {
    return FmaTiles.VECTORS * LANES;
  }

  @Override
  protected int tileRows(int left) {
    for (int rows : TILE_ROWS) {
      if (left >= rows - 1 && left > 1) {
        return rows;
      }
    }
    return 1;
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
    FmaTiles.multiply(rows, a, aOffset, b, bOffset, depth, c, cOffset, cStride);
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
    for (int i = 0; i < count; i += LANES) {
      FloatVector value = FloatVector.fromArray(FLOATS, c, cOffset + i);
      long at = (long) i * Float.BYTES;
      if (hasBias) {
        value = value.add(load(bias, biasOffset + at));
      }
      if (add) {
        value = load(y, yOffset + at).add(value);
      }
      value.intoMemorySegment(y, yOffset + at, ORDER);
    }
  }

  @Override
  protected void normRow(
      MemorySegment x, long xOffset, LayerNorm norm, MemorySegment y, long yOffset, int count) {
    float mean = RowSums.sum(x, xOffset, count) / count;
    float variance = RowSums.squaredDistances(x, xOffset, mean, count) / count;
    FloatVector inverse = Species.all(1f / (float) Math.sqrt(variance + norm.epsilon()));
    FloatVector means = Species.all(mean);
    MemorySegment weight = norm.weight().segment();
    Matrix bias = norm.bias();
    for (long i = 0; i < (long) count * Float.BYTES; i += BYTES) {
      FloatVector scaled = load(x, xOffset + i).sub(means).mul(inverse);
      FloatVector w = load(weight, i);
      FloatVector result = bias == null ? scaled.mul(w) : scaled.fma(w, load(bias.segment(), i));
      result.intoMemorySegment(y, yOffset + i, ORDER);
    }
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
    ActivationLoops.apply(activation, x, xOffset, y, yOffset, count, t);
  }

  @Override
  protected void multiplyRow(
      MemorySegment y, long yOffset, MemorySegment g, long gOffset, int count) {
    for (long i = 0; i < (long) count * Float.BYTES; i += BYTES) {
      load(y, yOffset + i).mul(load(g, gOffset + i)).intoMemorySegment(y, yOffset + i, ORDER);
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
    MemorySegment cosines = rotary.cos().segment();
    MemorySegment sines = rotary.sin().segment();
    int j = 0;
    for (; j + LANES <= half; j += LANES) {
      long at = (long) j * Float.BYTES;
      FloatVector cos = load(cosines, tableOffset + at);
      FloatVector sin = load(sines, tableOffset + at);
      FloatVector a = load(x, xOffset + at);
      FloatVector b = load(x, xOffset + at + (long) half * Float.BYTES);
      a.fma(cos, b.mul(sin).neg()).mul(scale).intoArray(y, j);
      b.fma(cos, a.mul(sin)).mul(scale).intoArray(y, half + j);
    }
    rotateFrom(j, x, xOffset, rotary, tableOffset, half, scale, y);
  }

  @Override
  protected float maxRow(float[] s, int offset, int count) {
    FloatVector max = Species.all(Float.NEGATIVE_INFINITY);
    for (int i = offset; i < offset + count; i += LANES) {
      max = max.max(FloatVector.fromArray(FLOATS, s, i));
    }
    return max.reduceLanes(VectorOperators.MAX);
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
    ExpLoop.apply(s, sOffset, from, to, max, p, pOffset, blockStride, lanes, lanesOffset);
  }

  @Override
  protected void rescaleRow(
      float[] sums, int sumsOffset, float scale, float[] x, int xOffset, int count) {
    FloatVector scales = Species.all(scale);
    for (int i = 0; i < count; i += LANES) {
      FloatVector.fromArray(FLOATS, sums, sumsOffset + i)
          .fma(scales, FloatVector.fromArray(FLOATS, x, xOffset + i))
          .intoArray(sums, sumsOffset + i);
    }
  }

  @Override
  protected void divideRow(
      float[] x, int xOffset, float divisor, MemorySegment y, long yOffset, int count) {
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector.fromArray(FLOATS, x, xOffset + i)
          .div(divisor)
          .intoMemorySegment(y, yOffset + (long) i * Float.BYTES, ORDER);
    }
    // The next head's results may be there already.
    for (; i < count; i++) {
      y.set(FLOAT, yOffset + (long) i * Float.BYTES, x[xOffset + i] / divisor);
    }
  }

  private static FloatVector load(MemorySegment s, long offset) {
    return FloatVector.fromMemorySegment(FLOATS, s, offset, ORDER);
  }
}

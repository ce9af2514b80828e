package io.github.modernbert.vector;

import static io.github.modernbert.vector.Species.BYTES;
import static io.github.modernbert.vector.Species.FLOAT;
import static io.github.modernbert.vector.Species.FLOATS;
import static io.github.modernbert.vector.Species.LANES;
import static io.github.modernbert.vector.Species.ORDER;

import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.LayerNorm;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.Rotary;
import io.github.modernbert.kernels.RowLoops;
import io.github.modernbert.kernels.StoreMode;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.jspecify.annotations.Nullable;

/** Loops over rows on vectors of {@link Species#LANES} floats. */
record VectorRowLoops() implements RowLoops {
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
    for (int i = 0; i < count; i += LANES) {
      FloatVector value = FloatVector.fromArray(FLOATS, c, cOffset + i);
      long at = (long) i * Float.BYTES;
      if (bias != null) {
        value = value.add(load(bias, biasOffset + at));
      }
      if (mode == StoreMode.ADD) {
        value = load(y, yOffset + at).add(value);
      }
      value.intoMemorySegment(y, yOffset + at, ORDER);
    }
  }

  @Override
  public void sum(MemorySegment x, long xOffset, int count, float[] lanes) {
    RowSums.sum(x, xOffset, count, lanes);
  }

  @Override
  public void squares(MemorySegment x, long xOffset, float mean, int count, float[] lanes) {
    RowSums.squaredDistances(x, xOffset, mean, count, lanes);
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
    FloatVector means = Species.all(mean);
    FloatVector inverses = Species.all(inverse);
    MemorySegment weight = norm.weight().segment();
    Matrix bias = norm.bias();
    long from = (long) column * Float.BYTES;
    for (long i = 0; i < (long) count * Float.BYTES; i += BYTES) {
      FloatVector scaled = load(x, xOffset + i).sub(means).mul(inverses);
      FloatVector w = load(weight, from + i);
      FloatVector result =
          bias == null ? scaled.mul(w) : scaled.fma(w, load(bias.segment(), from + i));
      result.intoMemorySegment(y, yOffset + i, ORDER);
    }
  }

  @Override
  public void activate(Activation activation, float[] x, int count, float[] t) {
    ActivationLoops.apply(activation, x, count, t);
  }

  @Override
  public void multiply(
      float[] a, int aOffset, float[] b, int bOffset, MemorySegment y, long yOffset, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector.fromArray(FLOATS, a, aOffset + i)
          .mul(FloatVector.fromArray(FLOATS, b, bOffset + i))
          .intoMemorySegment(y, yOffset + (long) i * Float.BYTES, ORDER);
    }
  }

  @Override
  public void rotate(float[] x, Rotary rotary, long tableOffset, int half, float scale, float[] y) {
    MemorySegment cosines = rotary.cos().segment();
    MemorySegment sines = rotary.sin().segment();
    int j = 0;
    for (; j + LANES <= half; j += LANES) {
      long at = (long) j * Float.BYTES;
      FloatVector cos = load(cosines, tableOffset + at);
      FloatVector sin = load(sines, tableOffset + at);
      FloatVector a = FloatVector.fromArray(FLOATS, x, j);
      FloatVector b = FloatVector.fromArray(FLOATS, x, half + j);
      a.fma(cos, b.mul(sin).neg()).mul(scale).intoArray(y, j);
      b.fma(cos, a.mul(sin)).mul(scale).intoArray(y, half + j);
    }
    RowLoops.rotateFrom(j, x, rotary, tableOffset, half, scale, y);
  }

  @Override
  public float max(float[] s, int offset, int count) {
    // Four at a time, which do not wait for each other. Not FloatVector.max, which takes seven
    // instructions to order zeros and to keep NaN; a NaN among the scores shows in the results.
    FloatVector m0 = Species.all(Float.NEGATIVE_INFINITY);
    FloatVector m1 = m0;
    FloatVector m2 = m0;
    FloatVector m3 = m0;
    int end = offset + count;
    int i = offset;
    for (; i + 4 * LANES <= end; i += 4 * LANES) {
      FloatVector v0 = FloatVector.fromArray(FLOATS, s, i);
      FloatVector v1 = FloatVector.fromArray(FLOATS, s, i + LANES);
      FloatVector v2 = FloatVector.fromArray(FLOATS, s, i + 2 * LANES);
      FloatVector v3 = FloatVector.fromArray(FLOATS, s, i + 3 * LANES);
      m0 = m0.blend(v0, m0.lt(v0));
      m1 = m1.blend(v1, m1.lt(v1));
      m2 = m2.blend(v2, m2.lt(v2));
      m3 = m3.blend(v3, m3.lt(v3));
    }
    for (; i < end; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOATS, s, i);
      m0 = m0.blend(v, m0.lt(v));
    }
    return m0.max(m1).max(m2.max(m3)).reduceLanes(VectorOperators.MAX);
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
    ExpLoop.apply(s, sOffset, from, to, max, p, pOffset, blockStride, lanes, lanesOffset);
  }

  @Override
  public void rescale(
      float[] sums, int sumsOffset, float scale, float[] x, int xOffset, int count) {
    FloatVector scales = Species.all(scale);
    for (int i = 0; i < count; i += LANES) {
      FloatVector.fromArray(FLOATS, sums, sumsOffset + i)
          .fma(scales, FloatVector.fromArray(FLOATS, x, xOffset + i))
          .intoArray(sums, sumsOffset + i);
    }
  }

  @Override
  public void mix(float[] y, int yOffset, float a, float[] x, int xOffset, float b, int count) {
    FloatVector as = Species.all(a);
    FloatVector bs = Species.all(b);
    for (int i = 0; i < count; i += LANES) {
      FloatVector.fromArray(FLOATS, y, yOffset + i)
          .mul(as)
          .add(FloatVector.fromArray(FLOATS, x, xOffset + i).mul(bs))
          .intoArray(y, yOffset + i);
    }
  }

  @Override
  public void scale(
      float[] x, int xOffset, int blockStride, float factor, float[] factors, int count) {
    IntegerLoops.scale(x, xOffset, blockStride, factor, factors, count);
  }

  @Override
  public float largest(float[] x, int xOffset, int blockStride, int count) {
    return IntegerLoops.largest(x, xOffset, blockStride, count);
  }

  @Override
  public void round(float[] x, int xOffset, int blockStride, float inverse, int count) {
    IntegerLoops.round(x, xOffset, blockStride, inverse, count);
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
    return IntegerLoops.roundKeepingResiduals(
        x, xOffset, residualOffset, blockStride, inverse, scale, count);
  }

  @Override
  public void divide(
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

package io.github.modernbert.vector;

import static io.github.modernbert.kernels.Coefficients.*;
import static io.github.modernbert.vector.Species.FLOATS;
import static io.github.modernbert.vector.Species.INTS;
import static io.github.modernbert.vector.Species.LANES;
import static io.github.modernbert.vector.Species.ORDER;

import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.Reduction;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Activations of rows: {@link Activation} lane by lane, the same operations in the same order, both
 * sides of a branch computed and blended. Most need exp, and so go over the row three times: what
 * exp is taken of, exp, and what is made of it. In one loop these would be more operations than C2
 * takes; see {@link ExpLoop}, which is also why there are no helpers here.
 */
final class ActivationLoops {
  private ActivationLoops() {}

  /**
   * {@code y[i] = activation(x[i])}; whole vectors are read and written; y may be x.
   *
   * @param t as many floats for intermediate results, rounded up to {@link Reduction#LANES}
   */
  static void apply(
      Activation activation,
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset,
      int count,
      float[] t) {
    switch (activation) {
      case GELU -> {
        erfExponents(x, xOffset, t, count);
        exp(t, count);
        gelu(x, xOffset, t, y, yOffset, count);
      }
      case GELU_TANH -> {
        cubics(x, xOffset, t, count);
        exp(t, count);
        geluTanh(x, xOffset, t, y, yOffset, count);
      }
      case TANH -> {
        magnitudes(x, xOffset, 2f, t, count);
        exp(t, count);
        tanh(x, xOffset, t, y, yOffset, count);
      }
      case SIGMOID -> {
        magnitudes(x, xOffset, -1f, t, count);
        exp(t, count);
        sigmoid(x, xOffset, t, y, yOffset, count);
      }
      case SILU -> {
        magnitudes(x, xOffset, -1f, t, count);
        exp(t, count);
        swish(x, xOffset, t, y, yOffset, count);
      }
      case QUICK_GELU -> {
        magnitudes(x, xOffset, -QUICK_GELU_FACTOR, t, count);
        exp(t, count);
        swish(x, xOffset, t, y, yOffset, count);
      }
      case RELU -> relu(x, xOffset, y, yOffset, count);
      case IDENTITY -> MemorySegment.copy(x, xOffset, y, yOffset, (long) count * Float.BYTES);
    }
  }

  private static void exp(float[] t, int count) {
    int whole = Math.ceilDiv(count, Reduction.LANES) * Reduction.LANES;
    var sums = new float[Reduction.LANES];
    ExpLoop.apply(t, 0, 0, whole, 0f, t, 0, Kernels.DEPTH_BLOCK, sums, 0);
  }

  /** {@code t = ln(1 − erf(|x| / √2))}, good where erf is not small. */
  private static void erfExponents(MemorySegment x, long xOffset, float[] t, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector b =
          FloatVector.fromMemorySegment(FLOATS, x, xOffset + (long) i * Float.BYTES, ORDER)
              .mul(SQRT_HALF)
              .abs()
              .min(ERF_SATURATED);
      FloatVector.broadcast(FLOATS, ERF_LARGE_9)
          .fma(b, FloatVector.broadcast(FLOATS, ERF_LARGE_8))
          .fma(b, FloatVector.broadcast(FLOATS, ERF_LARGE_7))
          .fma(b, FloatVector.broadcast(FLOATS, ERF_LARGE_6))
          .fma(b, FloatVector.broadcast(FLOATS, ERF_LARGE_5))
          .fma(b, FloatVector.broadcast(FLOATS, ERF_LARGE_4))
          .fma(b, FloatVector.broadcast(FLOATS, ERF_LARGE_3))
          .fma(b, FloatVector.broadcast(FLOATS, ERF_LARGE_2))
          .fma(b, FloatVector.broadcast(FLOATS, ERF_LARGE_1))
          .fma(b, FloatVector.broadcast(FLOATS, ERF_LARGE_0))
          .intoArray(t, i);
    }
  }

  /** {@code y = x / 2 · (1 + erf(x / √2))} from the exponentials in t. */
  private static void gelu(
      MemorySegment x, long xOffset, float[] t, MemorySegment y, long yOffset, int count) {
    IntVector signBit = IntVector.broadcast(INTS, Integer.MIN_VALUE);
    for (int i = 0; i < count; i += LANES) {
      long at = (long) i * Float.BYTES;
      FloatVector v = FloatVector.fromMemorySegment(FLOATS, x, xOffset + at, ORDER);
      FloatVector z = v.mul(SQRT_HALF);
      FloatVector s = z.mul(z);
      FloatVector p =
          FloatVector.broadcast(FLOATS, ERF_SMALL_6)
              .fma(s, FloatVector.broadcast(FLOATS, ERF_SMALL_5))
              .fma(s, FloatVector.broadcast(FLOATS, ERF_SMALL_4))
              .fma(s, FloatVector.broadcast(FLOATS, ERF_SMALL_3))
              .fma(s, FloatVector.broadcast(FLOATS, ERF_SMALL_2))
              .fma(s, FloatVector.broadcast(FLOATS, ERF_SMALL_1))
              .fma(s, FloatVector.broadcast(FLOATS, ERF_SMALL_0));
      FloatVector small = z.fma(p, z);
      // 1 − exp is not negative: the sign can be put in.
      IntVector magnitude =
          FloatVector.broadcast(FLOATS, 1f)
              .sub(FloatVector.fromArray(FLOATS, t, i))
              .viewAsIntegralLanes();
      FloatVector large = z.viewAsIntegralLanes().and(signBit).or(magnitude).viewAsFloatingLanes();
      FloatVector erf = large.blend(small, z.abs().lt(ERF_SPLIT));
      v.mul(0.5f).mul(erf.add(1f)).intoMemorySegment(y, yOffset + at, ORDER);
    }
  }

  /** {@code t = 2 · |inner|}, where {@code inner = √(2 / π) · (x + 0.044715 · x³)}. */
  private static void cubics(MemorySegment x, long xOffset, float[] t, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector v =
          FloatVector.fromMemorySegment(FLOATS, x, xOffset + (long) i * Float.BYTES, ORDER);
      FloatVector a = v.mul(GELU_CUBIC).mul(v).fma(v, v).mul(SQRT_TWO_OVER_PI).abs();
      a.add(a).intoArray(t, i);
    }
  }

  /** {@code y = x / 2 · (1 + tanh(inner))} from the exponentials in t. */
  private static void geluTanh(
      MemorySegment x, long xOffset, float[] t, MemorySegment y, long yOffset, int count) {
    IntVector signBit = IntVector.broadcast(INTS, Integer.MIN_VALUE);
    for (int i = 0; i < count; i += LANES) {
      long at = (long) i * Float.BYTES;
      FloatVector v = FloatVector.fromMemorySegment(FLOATS, x, xOffset + at, ORDER);
      FloatVector z = v.mul(GELU_CUBIC).mul(v).fma(v, v).mul(SQRT_TWO_OVER_PI);
      FloatVector s = z.mul(z);
      FloatVector p =
          FloatVector.broadcast(FLOATS, TANH_8)
              .fma(s, FloatVector.broadcast(FLOATS, TANH_7))
              .fma(s, FloatVector.broadcast(FLOATS, TANH_6))
              .fma(s, FloatVector.broadcast(FLOATS, TANH_5))
              .fma(s, FloatVector.broadcast(FLOATS, TANH_4))
              .fma(s, FloatVector.broadcast(FLOATS, TANH_3))
              .fma(s, FloatVector.broadcast(FLOATS, TANH_2))
              .fma(s, FloatVector.broadcast(FLOATS, TANH_1))
              .fma(s, FloatVector.broadcast(FLOATS, TANH_0));
      FloatVector small = z.mul(s).fma(p, z);
      FloatVector e = FloatVector.fromArray(FLOATS, t, i).add(1f);
      // 1 − 2 / (exp + 1) is not negative: the sign can be put in.
      IntVector magnitude =
          FloatVector.broadcast(FLOATS, 1f)
              .sub(FloatVector.broadcast(FLOATS, 2f).div(e))
              .viewAsIntegralLanes();
      FloatVector large = z.viewAsIntegralLanes().and(signBit).or(magnitude).viewAsFloatingLanes();
      FloatVector tanh = large.blend(small, z.abs().lt(TANH_SPLIT));
      v.mul(0.5f).mul(tanh.add(1f)).intoMemorySegment(y, yOffset + at, ORDER);
    }
  }

  private static void tanh(
      MemorySegment x, long xOffset, float[] t, MemorySegment y, long yOffset, int count) {
    IntVector signBit = IntVector.broadcast(INTS, Integer.MIN_VALUE);
    for (int i = 0; i < count; i += LANES) {
      long at = (long) i * Float.BYTES;
      FloatVector z = FloatVector.fromMemorySegment(FLOATS, x, xOffset + at, ORDER);
      FloatVector s = z.mul(z);
      FloatVector p =
          FloatVector.broadcast(FLOATS, TANH_8)
              .fma(s, FloatVector.broadcast(FLOATS, TANH_7))
              .fma(s, FloatVector.broadcast(FLOATS, TANH_6))
              .fma(s, FloatVector.broadcast(FLOATS, TANH_5))
              .fma(s, FloatVector.broadcast(FLOATS, TANH_4))
              .fma(s, FloatVector.broadcast(FLOATS, TANH_3))
              .fma(s, FloatVector.broadcast(FLOATS, TANH_2))
              .fma(s, FloatVector.broadcast(FLOATS, TANH_1))
              .fma(s, FloatVector.broadcast(FLOATS, TANH_0));
      FloatVector small = z.mul(s).fma(p, z);
      FloatVector e = FloatVector.fromArray(FLOATS, t, i).add(1f);
      // 1 − 2 / (exp + 1) is not negative: the sign can be put in.
      IntVector magnitude =
          FloatVector.broadcast(FLOATS, 1f)
              .sub(FloatVector.broadcast(FLOATS, 2f).div(e))
              .viewAsIntegralLanes();
      FloatVector large = z.viewAsIntegralLanes().and(signBit).or(magnitude).viewAsFloatingLanes();
      FloatVector tanh = large.blend(small, z.abs().lt(TANH_SPLIT));
      tanh.intoMemorySegment(y, yOffset + at, ORDER);
    }
  }

  /** {@code t = |x| · factor}. */
  private static void magnitudes(
      MemorySegment x, long xOffset, float factor, float[] t, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector.fromMemorySegment(FLOATS, x, xOffset + (long) i * Float.BYTES, ORDER)
          .abs()
          .mul(factor)
          .intoArray(t, i);
    }
  }

  private static void sigmoid(
      MemorySegment x, long xOffset, float[] t, MemorySegment y, long yOffset, int count) {
    FloatVector one = FloatVector.broadcast(FLOATS, 1f);
    for (int i = 0; i < count; i += LANES) {
      long at = (long) i * Float.BYTES;
      FloatVector v = FloatVector.fromMemorySegment(FLOATS, x, xOffset + at, ORDER);
      FloatVector e = FloatVector.fromArray(FLOATS, t, i);
      one.blend(e, v.lt(0f)).div(one.add(e)).intoMemorySegment(y, yOffset + at, ORDER);
    }
  }

  /** {@code y = x · σ(x · factor)} for a positive factor. */
  private static void swish(
      MemorySegment x, long xOffset, float[] t, MemorySegment y, long yOffset, int count) {
    FloatVector one = FloatVector.broadcast(FLOATS, 1f);
    for (int i = 0; i < count; i += LANES) {
      long at = (long) i * Float.BYTES;
      FloatVector v = FloatVector.fromMemorySegment(FLOATS, x, xOffset + at, ORDER);
      FloatVector e = FloatVector.fromArray(FLOATS, t, i);
      v.mul(one.blend(e, v.lt(0f)).div(one.add(e))).intoMemorySegment(y, yOffset + at, ORDER);
    }
  }

  private static void relu(
      MemorySegment x, long xOffset, MemorySegment y, long yOffset, int count) {
    for (int i = 0; i < count; i += LANES) {
      long at = (long) i * Float.BYTES;
      FloatVector.fromMemorySegment(FLOATS, x, xOffset + at, ORDER)
          .max(0f)
          .intoMemorySegment(y, yOffset + at, ORDER);
    }
  }
}

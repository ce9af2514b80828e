package io.github.modernbert.vector;

import static io.github.modernbert.kernels.Coefficients.*;
import static io.github.modernbert.vector.Species.FLOATS;
import static io.github.modernbert.vector.Species.INTS;
import static io.github.modernbert.vector.Species.LANES;

import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.Reduction;
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
   * {@code x[i] = activation(x[i])}; whole vectors are read and written.
   *
   * @param t as many floats for intermediate results, rounded up to {@link Reduction#LANES}
   */
  static void apply(Activation activation, float[] x, int count, float[] t) {
    switch (activation) {
      case GELU -> {
        erfExponents(x, t, count);
        exp(t, count);
        gelu(x, t, count);
      }
      case GELU_TANH -> {
        cubics(x, t, count);
        exp(t, count);
        geluTanh(x, t, count);
      }
      case TANH -> {
        magnitudes(x, 2f, t, count);
        exp(t, count);
        tanh(x, t, count);
      }
      case SIGMOID -> {
        magnitudes(x, -1f, t, count);
        exp(t, count);
        sigmoid(x, t, count);
      }
      case SILU -> {
        magnitudes(x, -1f, t, count);
        exp(t, count);
        swish(x, t, count);
      }
      case QUICK_GELU -> {
        magnitudes(x, -QUICK_GELU_FACTOR, t, count);
        exp(t, count);
        swish(x, t, count);
      }
      case RELU -> relu(x, count);
      case IDENTITY -> {}
    }
  }

  private static void exp(float[] t, int count) {
    int whole = Math.ceilDiv(count, Reduction.LANES) * Reduction.LANES;
    var sums = new float[Reduction.LANES];
    ExpLoop.apply(t, 0, 0, whole, 0f, t, 0, Kernels.DEPTH_BLOCK, sums, 0);
  }

  /** {@code t = ln(1 − erf(|x| / √2))}, good where erf is not small. */
  private static void erfExponents(float[] x, float[] t, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector b = FloatVector.fromArray(FLOATS, x, i).mul(SQRT_HALF).abs().min(ERF_SATURATED);
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

  /** {@code x = x / 2 · (1 + erf(x / √2))} from the exponentials in t. */
  private static void gelu(float[] x, float[] t, int count) {
    IntVector signBit = IntVector.broadcast(INTS, Integer.MIN_VALUE);
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, i);
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
      v.mul(0.5f).mul(erf.add(1f)).intoArray(x, i);
    }
  }

  /** {@code t = 2 · |inner|}, where {@code inner = √(2 / π) · (x + 0.044715 · x³)}. */
  private static void cubics(float[] x, float[] t, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, i);
      FloatVector a = v.mul(GELU_CUBIC).mul(v).fma(v, v).mul(SQRT_TWO_OVER_PI).abs();
      a.add(a).intoArray(t, i);
    }
  }

  /** {@code x = x / 2 · (1 + tanh(inner))} from the exponentials in t. */
  private static void geluTanh(float[] x, float[] t, int count) {
    IntVector signBit = IntVector.broadcast(INTS, Integer.MIN_VALUE);
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, i);
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
      v.mul(0.5f).mul(tanh.add(1f)).intoArray(x, i);
    }
  }

  private static void tanh(float[] x, float[] t, int count) {
    IntVector signBit = IntVector.broadcast(INTS, Integer.MIN_VALUE);
    for (int i = 0; i < count; i += LANES) {
      FloatVector z = FloatVector.fromArray(FLOATS, x, i);
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
      tanh.intoArray(x, i);
    }
  }

  /** {@code t = |x| · factor}. */
  private static void magnitudes(float[] x, float factor, float[] t, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector.fromArray(FLOATS, x, i).abs().mul(factor).intoArray(t, i);
    }
  }

  private static void sigmoid(float[] x, float[] t, int count) {
    FloatVector one = FloatVector.broadcast(FLOATS, 1f);
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, i);
      FloatVector e = FloatVector.fromArray(FLOATS, t, i);
      one.blend(e, v.lt(0f)).div(one.add(e)).intoArray(x, i);
    }
  }

  /** {@code x = x · σ(x · factor)} for a positive factor. */
  private static void swish(float[] x, float[] t, int count) {
    FloatVector one = FloatVector.broadcast(FLOATS, 1f);
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, i);
      FloatVector e = FloatVector.fromArray(FLOATS, t, i);
      v.mul(one.blend(e, v.lt(0f)).div(one.add(e))).intoArray(x, i);
    }
  }

  private static void relu(float[] x, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector.fromArray(FLOATS, x, i).max(0f).intoArray(x, i);
    }
  }
}

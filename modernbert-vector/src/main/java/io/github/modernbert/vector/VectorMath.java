package io.github.modernbert.vector;

import static io.github.modernbert.kernels.Coefficients.*;
import static io.github.modernbert.vector.Species.all;
import static io.github.modernbert.vector.Species.allInts;

import io.github.modernbert.kernels.Activation;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link io.github.modernbert.kernels.FloatMath} lane by lane: the same operations in the same
 * order, both sides of a branch computed and blended.
 */
final class VectorMath {
  private VectorMath() {}

  static FloatVector exp(FloatVector x) {
    FloatVector clamped = all(EXP_LOWEST).max(all(EXP_HIGHEST).min(x));
    FloatVector shifted = clamped.fma(all(LOG2_E), all(ROUND_TO_INTEGER));
    FloatVector n = shifted.sub(all(ROUND_TO_INTEGER));
    FloatVector r = n.fma(all(-LN2_LOW), n.fma(all(-LN2_HIGH), clamped));
    FloatVector q = all(EXP_4).fma(r, all(EXP_3));
    q = q.fma(r, all(EXP_2));
    q = q.fma(r, all(EXP_1));
    q = q.fma(r, all(EXP_0));
    FloatVector p = r.mul(r).fma(q, r).add(all(1f));
    IntVector exponent = shifted.viewAsIntegralLanes().sub(allInts(ROUND_TO_INTEGER_BITS));
    IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
    return p.mul(powerOfTwo(half)).mul(powerOfTwo(exponent.sub(half)));
  }

  private static FloatVector powerOfTwo(IntVector exponent) {
    return exponent.add(allInts(127)).lanewise(VectorOperators.LSHL, 23).viewAsFloatingLanes();
  }

  static FloatVector erf(FloatVector x) {
    FloatVector a = x.abs();
    FloatVector s = x.mul(x);
    FloatVector p = all(ERF_SMALL_6).fma(s, all(ERF_SMALL_5));
    p = p.fma(s, all(ERF_SMALL_4));
    p = p.fma(s, all(ERF_SMALL_3));
    p = p.fma(s, all(ERF_SMALL_2));
    p = p.fma(s, all(ERF_SMALL_1));
    p = p.fma(s, all(ERF_SMALL_0));
    FloatVector b = a.min(all(ERF_SATURATED));
    FloatVector q = all(ERF_LARGE_9).fma(b, all(ERF_LARGE_8));
    q = q.fma(b, all(ERF_LARGE_7));
    q = q.fma(b, all(ERF_LARGE_6));
    q = q.fma(b, all(ERF_LARGE_5));
    q = q.fma(b, all(ERF_LARGE_4));
    q = q.fma(b, all(ERF_LARGE_3));
    q = q.fma(b, all(ERF_LARGE_2));
    q = q.fma(b, all(ERF_LARGE_1));
    q = q.fma(b, all(ERF_LARGE_0));
    FloatVector large = copySign(all(1f).sub(exp(q)), x);
    return large.blend(x.fma(p, x), a.lt(all(ERF_SPLIT)));
  }

  static FloatVector tanh(FloatVector x) {
    FloatVector a = x.abs();
    FloatVector s = x.mul(x);
    FloatVector p = all(TANH_8).fma(s, all(TANH_7));
    p = p.fma(s, all(TANH_6));
    p = p.fma(s, all(TANH_5));
    p = p.fma(s, all(TANH_4));
    p = p.fma(s, all(TANH_3));
    p = p.fma(s, all(TANH_2));
    p = p.fma(s, all(TANH_1));
    p = p.fma(s, all(TANH_0));
    FloatVector small = x.mul(s).fma(p, x);
    FloatVector large = copySign(all(1f).sub(all(2f).div(exp(a.add(a)).add(all(1f)))), x);
    return large.blend(small, a.lt(all(TANH_SPLIT)));
  }

  static FloatVector sigmoid(FloatVector x) {
    FloatVector e = exp(x.abs().neg());
    return all(1f).blend(e, x.lt(0f)).div(all(1f).add(e));
  }

  static FloatVector apply(Activation activation, FloatVector x) {
    return switch (activation) {
      case GELU -> x.mul(all(0.5f)).mul(erf(x.mul(all(SQRT_HALF))).add(all(1f)));
      case GELU_TANH -> {
        FloatVector inner = x.mul(all(GELU_CUBIC)).mul(x).fma(x, x).mul(all(SQRT_TWO_OVER_PI));
        yield x.mul(all(0.5f)).mul(tanh(inner).add(all(1f)));
      }
      case QUICK_GELU -> x.mul(sigmoid(x.mul(all(QUICK_GELU_FACTOR))));
      case SILU -> x.mul(sigmoid(x));
      case RELU -> x.max(Species.zero());
      case TANH -> tanh(x);
      case SIGMOID -> sigmoid(x);
      case IDENTITY -> x;
    };
  }

  private static FloatVector copySign(FloatVector magnitude, FloatVector sign) {
    IntVector bit = sign.viewAsIntegralLanes().and(allInts(Integer.MIN_VALUE));
    IntVector rest = magnitude.viewAsIntegralLanes().and(allInts(Integer.MAX_VALUE));
    return rest.or(bit).viewAsFloatingLanes();
  }
}

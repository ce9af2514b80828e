package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Coefficients.*;

/**
 * exp, erf, tanh and the logistic function in float32 as fixed sequences of IEEE operations: the
 * scalar twins of what every other implementation computes lane by lane.
 *
 * <p>Largest errors over all floats, in units in the last place of the result, as {@code
 * FloatMathTest} checks them: exp 1.1, erf 1.2, tanh 1.6, sigmoid 2.2. NaN gives NaN, infinities
 * give the limits.
 */
public final class FloatMath {
  private FloatMath() {}

  /** e to the power of x. */
  public static float exp(float x) {
    float clamped = Math.max(EXP_LOWEST, Math.min(EXP_HIGHEST, x));
    float shifted = Math.fma(clamped, LOG2_E, ROUND_TO_INTEGER);
    float n = shifted - ROUND_TO_INTEGER;
    float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, clamped));
    float q = Math.fma(EXP_4, r, EXP_3);
    q = Math.fma(q, r, EXP_2);
    q = Math.fma(q, r, EXP_1);
    q = Math.fma(q, r, EXP_0);
    float p = Math.fma(r * r, q, r) + 1f;
    // 2^n in two factors, so that results below the normal range round only once.
    int exponent = Float.floatToRawIntBits(shifted) - ROUND_TO_INTEGER_BITS;
    int half = exponent >> 1;
    return p
        * Float.intBitsToFloat((half + 127) << 23)
        * Float.intBitsToFloat((exponent - half + 127) << 23);
  }

  /** The error function. */
  public static float erf(float x) {
    float a = Math.abs(x);
    if (a < ERF_SPLIT) {
      float s = x * x;
      float p = Math.fma(ERF_SMALL_6, s, ERF_SMALL_5);
      p = Math.fma(p, s, ERF_SMALL_4);
      p = Math.fma(p, s, ERF_SMALL_3);
      p = Math.fma(p, s, ERF_SMALL_2);
      p = Math.fma(p, s, ERF_SMALL_1);
      p = Math.fma(p, s, ERF_SMALL_0);
      return Math.fma(x, p, x);
    }
    float b = Math.min(a, ERF_SATURATED);
    float q = Math.fma(ERF_LARGE_9, b, ERF_LARGE_8);
    q = Math.fma(q, b, ERF_LARGE_7);
    q = Math.fma(q, b, ERF_LARGE_6);
    q = Math.fma(q, b, ERF_LARGE_5);
    q = Math.fma(q, b, ERF_LARGE_4);
    q = Math.fma(q, b, ERF_LARGE_3);
    q = Math.fma(q, b, ERF_LARGE_2);
    q = Math.fma(q, b, ERF_LARGE_1);
    q = Math.fma(q, b, ERF_LARGE_0);
    return Math.copySign(1f - exp(q), x);
  }

  /** The hyperbolic tangent. */
  public static float tanh(float x) {
    float a = Math.abs(x);
    if (a < TANH_SPLIT) {
      float s = x * x;
      float p = Math.fma(TANH_8, s, TANH_7);
      p = Math.fma(p, s, TANH_6);
      p = Math.fma(p, s, TANH_5);
      p = Math.fma(p, s, TANH_4);
      p = Math.fma(p, s, TANH_3);
      p = Math.fma(p, s, TANH_2);
      p = Math.fma(p, s, TANH_1);
      p = Math.fma(p, s, TANH_0);
      return Math.fma(x * s, p, x);
    }
    return Math.copySign(1f - 2f / (exp(a + a) + 1f), x);
  }

  /** The logistic function 1 / (1 + exp(−x)). */
  public static float sigmoid(float x) {
    float e = exp(-Math.abs(x));
    return (x < 0 ? e : 1f) / (1f + e);
  }
}

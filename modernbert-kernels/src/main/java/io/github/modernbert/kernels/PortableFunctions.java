package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Coefficients.*;

import java.util.Arrays;

/**
 * exp and GELU over whole arrays, with the bits of {@link FloatMath}: the same operations in
 * several loops, of which C2 vectorises those that do not see floats as bits.
 */
final class PortableFunctions {
  /** Elements whose intermediate results stay in a first-level cache. */
  private static final int CHUNK = 512;

  private PortableFunctions() {}

  /**
   * Replaces each element by e to its power.
   *
   * @param exponents as many integers for intermediate results
   */
  static void exp(float[] x, int[] exponents) {
    for (int i = 0; i < x.length; i++) {
      float clamped = Math.max(EXP_LOWEST, Math.min(EXP_HIGHEST, x[i]));
      float n = Math.fma(clamped, LOG2_E, ROUND_TO_INTEGER) - ROUND_TO_INTEGER;
      float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, clamped));
      float q = Math.fma(EXP_4, r, EXP_3);
      q = Math.fma(q, r, EXP_2);
      q = Math.fma(q, r, EXP_1);
      q = Math.fma(q, r, EXP_0);
      x[i] = Math.fma(r * r, q, r) + 1f;
      exponents[i] = (int) n;
    }
    for (int i = 0; i < x.length; i++) {
      int half = exponents[i] >> 1;
      x[i] =
          x[i]
              * Float.intBitsToFloat((half + 127) << 23)
              * Float.intBitsToFloat((exponents[i] - half + 127) << 23);
    }
  }

  /** Replaces the first {@code count} elements by their {@link Activation#GELU}. */
  static void gelu(float[] x, int count) {
    for (int from = 0; from < count; from += CHUNK) {
      int length = Math.min(CHUNK, count - from);
      float[] chunk = Arrays.copyOfRange(x, from, from + length);
      gelu(chunk);
      System.arraycopy(chunk, 0, x, from, length);
    }
  }

  private static void gelu(float[] x) {
    var small = new float[x.length];
    var large = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      float z = x[i] * SQRT_HALF;
      float s = z * z;
      float p = Math.fma(ERF_SMALL_6, s, ERF_SMALL_5);
      p = Math.fma(p, s, ERF_SMALL_4);
      p = Math.fma(p, s, ERF_SMALL_3);
      p = Math.fma(p, s, ERF_SMALL_2);
      p = Math.fma(p, s, ERF_SMALL_1);
      p = Math.fma(p, s, ERF_SMALL_0);
      small[i] = Math.fma(z, p, z);
    }
    for (int i = 0; i < x.length; i++) {
      float b = Math.min(Math.abs(x[i] * SQRT_HALF), ERF_SATURATED);
      float q = Math.fma(ERF_LARGE_9, b, ERF_LARGE_8);
      q = Math.fma(q, b, ERF_LARGE_7);
      q = Math.fma(q, b, ERF_LARGE_6);
      q = Math.fma(q, b, ERF_LARGE_5);
      q = Math.fma(q, b, ERF_LARGE_4);
      q = Math.fma(q, b, ERF_LARGE_3);
      q = Math.fma(q, b, ERF_LARGE_2);
      q = Math.fma(q, b, ERF_LARGE_1);
      large[i] = Math.fma(q, b, ERF_LARGE_0);
    }
    exp(large, new int[x.length]);
    for (int i = 0; i < x.length; i++) {
      float z = x[i] * SQRT_HALF;
      float erf = Math.abs(z) < ERF_SPLIT ? small[i] : Math.copySign(1f - large[i], z);
      x[i] = 0.5f * x[i] * (1f + erf);
    }
  }
}

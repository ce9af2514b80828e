package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Coefficients.*;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * exp and GELU over whole arrays, with the bits of {@link FloatMath}: the same operations in loops
 * that C2 vectorises. It leaves loops scalar that see floats as bits, choose between values or copy
 * signs, so bits are copied from integers to floats between loops, and choices are products with 0
 * or 1.
 */
final class PortableFunctions {
  /** Elements whose intermediate results stay in a first-level cache. */
  private static final int CHUNK = 512;

  /**
   * Makes a number of at least 1 of any difference of two floats that are near {@link #ERF_SPLIT}.
   */
  private static final float LARGE = 0x1p60f;

  private PortableFunctions() {}

  /** Replaces each element by e to its power. */
  static void exp(float[] x) {
    var exponents = new int[x.length];
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
    var halves = new int[x.length];
    for (int i = 0; i < exponents.length; i++) {
      int half = exponents[i] >> 1;
      halves[i] = (half + 127) << 23;
      exponents[i] = (exponents[i] - half + 127) << 23;
    }
    float[] first = floats(halves);
    float[] second = floats(exponents);
    for (int i = 0; i < x.length; i++) {
      x[i] = x[i] * first[i] * second[i];
    }
  }

  /** The floats with these bits. */
  private static float[] floats(int[] bits) {
    var floats = new float[bits.length];
    MemorySegment.ofArray(floats).copyFrom(MemorySegment.ofArray(bits));
    return floats;
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
    var argument = new float[x.length];
    var small = new float[x.length];
    var large = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      float z = Math.max(-ERF_SATURATED, Math.min(ERF_SATURATED, x[i] * SQRT_HALF));
      float s = z * z;
      float p = Math.fma(ERF_SMALL_6, s, ERF_SMALL_5);
      p = Math.fma(p, s, ERF_SMALL_4);
      p = Math.fma(p, s, ERF_SMALL_3);
      p = Math.fma(p, s, ERF_SMALL_2);
      p = Math.fma(p, s, ERF_SMALL_1);
      p = Math.fma(p, s, ERF_SMALL_0);
      argument[i] = z;
      small[i] = Math.fma(z, p, z);
    }
    for (int i = 0; i < argument.length; i++) {
      float b = Math.abs(argument[i]);
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
    exp(large);
    for (int i = 0; i < x.length; i++) {
      float z = argument[i];
      float a = Math.abs(z);
      float isSmall = Math.max(0f, Math.min(1f, (ERF_SPLIT - a) * LARGE));
      float sign = z / Math.max(a, Float.MIN_NORMAL);
      float erf = Math.fma(isSmall, small[i], (1f - isSmall) * ((1f - large[i]) * sign));
      x[i] = 0.5f * x[i] * (1f + erf);
    }
  }
}

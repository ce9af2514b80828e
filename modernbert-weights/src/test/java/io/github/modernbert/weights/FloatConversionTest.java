package io.github.modernbert.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** FloatConversion against plain restatements of the formats, for every pattern of 16 bits. */
class FloatConversionTest {
  private static final int PATTERNS = 1 << 16;

  /** Repeated so that compiled code is tested as well as interpreted code. */
  @RepeatedTest(20)
  void everyF16() {
    int[] expected = new int[PATTERNS];
    for (int bits = 0; bits < PATTERNS; bits++) {
      expected[bits] = plainHalf(bits);
    }
    assertArrayEquals(expected, widened(DType.F16));
  }

  @RepeatedTest(20)
  void everyBf16() {
    int[] expected = new int[PATTERNS];
    for (int bits = 0; bits < PATTERNS; bits++) {
      expected[bits] = bits * PATTERNS;
    }
    assertArrayEquals(expected, widened(DType.BF16));
  }

  @Test
  void plainHalfIsTheHalfOfTheJdk() {
    for (int bits = 0; bits < PATTERNS; bits++) {
      float expected = Float.float16ToFloat((short) bits);
      assertEquals(expected, Float.intBitsToFloat(plainHalf(bits)));
    }
  }

  /** Sign, 5 bits of exponent, 10 of fraction; a NaN keeps its fraction. */
  private static int plainHalf(int bits) {
    int sign = (bits >> 15) * 0x80000000;
    int exponent = bits >> 10 & 31;
    int fraction = bits & 1023;
    if (exponent == 31) {
      return sign | 255 << 23 | fraction << 13;
    }
    double value =
        exponent == 0 ? fraction * 0x1p-24 : (1024 + fraction) * StrictMath.pow(2, exponent - 25);
    return sign | Float.floatToRawIntBits((float) value);
  }

  /** All patterns in order, at an odd address. */
  private static int[] widened(DType dtype) {
    try (var arena = Arena.ofConfined()) {
      MemorySegment source = arena.allocate(1 + 2L * PATTERNS).asSlice(1);
      for (int bits = 0; bits < PATTERNS; bits++) {
        source.set(ValueLayout.JAVA_BYTE, 2L * bits, (byte) bits);
        source.set(ValueLayout.JAVA_BYTE, 2L * bits + 1, (byte) (bits >> 8));
      }
      MemorySegment target = arena.allocate(4L * PATTERNS, 64);
      FloatConversion.widen(dtype, source, PATTERNS, target);
      return target.toArray(ValueLayout.JAVA_INT);
    }
  }

  @Test
  void doublesAreRoundedOnce() {
    var random = new SplittableRandom(1);
    double[] values = new double[10_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = Double.longBitsToDouble(random.nextLong());
    }
    values[0] = 1 + 0x1p-24;
    values[1] = 1 + 0x1p-24 + 0x1p-52;
    values[2] = 0x1p-150;
    values[3] = Double.NaN;
    values[4] = Double.NEGATIVE_INFINITY;
    values[5] = -0.0;
    float[] target = new float[values.length];
    FloatConversion.widen(
        DType.F64, MemorySegment.ofArray(values), values.length, MemorySegment.ofArray(target));
    for (int i = 0; i < values.length; i++) {
      assertEquals((float) values[i], target[i]);
    }
    assertEquals(1f, target[0]);
    assertEquals(Math.nextUp(1f), target[1]);
  }
}

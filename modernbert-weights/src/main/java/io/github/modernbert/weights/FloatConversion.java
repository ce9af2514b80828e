package io.github.modernbert.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Stored floats to float32. F16 and BF16 are exact, bit patterns of NaN included; F64 is rounded to
 * nearest once.
 *
 * <p>Works in blocks that stay in the first-level cache: a bulk copy into an array, a plain loop
 * over arrays, which C2 vectorises whatever the alignment of the file, and a bulk copy out.
 */
final class FloatConversion {
  private static final int BLOCK = 2048;
  private static final ValueLayout.OfShort SHORTS =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat STORED_FLOATS =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLES =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** The target has the byte order of the machine. */
  private static final ValueLayout.OfFloat FLOATS = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private static final int HALF_INFINITY = 0x7c00;

  private FloatConversion() {}

  /** Reads {@code count} elements from the beginning of {@code source}. */
  static void widen(DType dtype, MemorySegment source, long count, MemorySegment target) {
    switch (dtype) {
      case F32 -> MemorySegment.copy(source, STORED_FLOATS, 0, target, FLOATS, 0, count);
      case F16, BF16 -> widenShorts(dtype == DType.F16, source, count, target);
      case F64 -> roundDoubles(source, count, target);
      default -> throw new IllegalArgumentException(dtype + " is not a stored float");
    }
  }

  private static void widenShorts(
      boolean half, MemorySegment source, long count, MemorySegment target) {
    var stored = new short[BLOCK];
    var floats = new float[BLOCK];
    for (long done = 0; done < count; done += BLOCK) {
      int length = (int) Math.min(BLOCK, count - done);
      MemorySegment.copy(source, SHORTS, done * Short.BYTES, stored, 0, length);
      if (half) {
        float16ToFloat(stored, floats, length);
      } else {
        bfloat16ToFloat(stored, floats, length);
      }
      MemorySegment.copy(floats, 0, target, FLOATS, done * Float.BYTES, length);
    }
  }

  private static void roundDoubles(MemorySegment source, long count, MemorySegment target) {
    var stored = new double[BLOCK];
    var rounded = new float[BLOCK];
    for (long done = 0; done < count; done += BLOCK) {
      int length = (int) Math.min(BLOCK, count - done);
      MemorySegment.copy(source, DOUBLES, done * Double.BYTES, stored, 0, length);
      for (int i = 0; i < length; i++) {
        rounded[i] = (float) stored[i];
      }
      MemorySegment.copy(rounded, 0, target, FLOATS, done * Float.BYTES, length);
    }
  }

  private static void bfloat16ToFloat(short[] stored, float[] floats, int length) {
    for (int i = 0; i < length; i++) {
      floats[i] = Float.intBitsToFloat(stored[i] << 16);
    }
  }

  /**
   * Compiled code uses the machine's conversion, which sets a bit in signalling NaNs; interpreted
   * code does not. The second loop makes it the same, and exact.
   */
  private static void float16ToFloat(short[] stored, float[] floats, int length) {
    for (int i = 0; i < length; i++) {
      floats[i] = Float.float16ToFloat(stored[i]);
    }
    for (int i = 0; i < length; i++) {
      if ((stored[i] & 0x7fff) > HALF_INFINITY) {
        floats[i] = halfNaN(stored[i]);
      }
    }
  }

  private static float halfNaN(short stored) {
    return Float.intBitsToFloat((stored & 0x8000) << 16 | 0x7f800000 | (stored & 0x3ff) << 13);
  }
}

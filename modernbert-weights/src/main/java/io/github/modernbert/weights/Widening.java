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
final class Widening {
  private static final int BLOCK = 2048;
  private static final ValueLayout.OfShort SHORTS =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INTS =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLES =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** In the byte order of the machine: what kernels read. */
  private static final ValueLayout.OfInt TARGET = ValueLayout.JAVA_INT_UNALIGNED;

  private Widening() {}

  /** Reads {@code count} elements from the beginning of {@code source}. */
  static void widen(DType dtype, MemorySegment source, long count, MemorySegment target) {
    switch (dtype) {
      case F32 -> MemorySegment.copy(source, INTS, 0, target, TARGET, 0, count);
      case F16, BF16 -> widenShorts(dtype == DType.F16, source, count, target);
      case F64 -> roundDoubles(source, count, target);
      default -> throw new IllegalArgumentException(dtype + " is not a stored float");
    }
  }

  private static void widenShorts(
      boolean half, MemorySegment source, long count, MemorySegment target) {
    var stored = new short[BLOCK];
    var bits = new int[BLOCK];
    for (long done = 0; done < count; done += BLOCK) {
      int length = (int) Math.min(BLOCK, count - done);
      MemorySegment.copy(source, SHORTS, done * Short.BYTES, stored, 0, length);
      if (half) {
        halves(stored, bits, length);
      } else {
        brains(stored, bits, length);
      }
      MemorySegment.copy(bits, 0, target, TARGET, done * Float.BYTES, length);
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
      MemorySegment.copy(
          rounded, 0, target, ValueLayout.JAVA_FLOAT_UNALIGNED, done * Float.BYTES, length);
    }
  }

  private static void brains(short[] stored, int[] bits, int length) {
    for (int i = 0; i < length; i++) {
      bits[i] = stored[i] << 16;
    }
  }

  private static void halves(short[] stored, int[] bits, int length) {
    for (int i = 0; i < length; i++) {
      bits[i] = half(stored[i]);
    }
  }

  /**
   * The float32 bits of an F16. Not {@link Float#float16ToFloat}: compiled code uses the machine's
   * conversion, which quiets signalling NaNs, the interpreter does not.
   *
   * <p>Shifted into place, exponent and fraction are those of a float32 that is 2^112 times too
   * small; the product is exact for subnormals too. Infinities and NaNs get the largest exponent.
   */
  private static int half(short stored) {
    int magnitude = (stored & 0x7fff) << 13;
    int scaled = Float.floatToRawIntBits(Float.intBitsToFloat(magnitude) * 0x1p112f);
    int notFinite = -((magnitude + (0x400 << 13)) >>> 28) & 0x7f800000;
    return (stored & 0x8000) << 16 | scaled | notFinite;
  }
}

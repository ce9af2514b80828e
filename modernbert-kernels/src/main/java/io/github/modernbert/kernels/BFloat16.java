package io.github.modernbert.kernels;

/** The upper halves of float32. */
public final class BFloat16 {
  private static final int ROUND = 0x7FFF;

  private BFloat16() {}

  /** The nearest value, of two equally near ones the even one; NaN stays NaN. */
  public static short nearest(float value) {
    int bits = Float.floatToIntBits(value);
    return Float.isNaN(value)
        ? (short) (bits >> Short.SIZE)
        : (short) (bits + ROUND + (bits >> Short.SIZE & 1) >> Short.SIZE);
  }

  /** The same value as float32. */
  public static float toFloat(short value) {
    return Float.intBitsToFloat(value << Short.SIZE);
  }
}

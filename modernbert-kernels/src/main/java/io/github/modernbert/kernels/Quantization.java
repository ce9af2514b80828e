package io.github.modernbert.kernels;

/**
 * The arithmetic of products of 8-bit integers, the same in all implementations.
 *
 * <p>Weights {@code w[n, k]} of an output feature n become {@code q = round(w · (127 / m))}, where
 * m is the largest of their absolute values; its scale is {@code m / 127}. Rows of activations
 * become integers in the same way when they are used. Rounding is to the nearest, ties to even; the
 * steps are float32 operations, each rounded. Sums of products of integers are exact, whatever
 * their order, so that bits do not depend on the implementation. From a sum I the result is
 *
 * <pre>{@code y = residual + (((float) I · scale of the row) · scale of the feature + bias)}</pre>
 *
 * <p>A few large values make the steps of a row too coarse for the others. So where the largest
 * integer of a row, 127, is more than {@link #MAX_CREST_FACTOR} times the root mean square of its
 * integers, the residuals of rounding, {@code x − q · scale}, become a residual row of integers,
 * with a scale 254 times finer, whose product is added: {@code (float) I · scale + (float) I₂ ·
 * scale₂} takes the place of the row's term. The rule depends on nothing but the row.
 *
 * <p><b>Attention</b> of layers of integers has the same products. Its queries, turned and scaled,
 * are rows of activations; its keys, turned, are the weights of output features. Scores and their
 * running softmax are float32. A value {@code v} of a key becomes integers with a scale like a
 * weight's, {@code m / 127}, but m is the largest absolute value of the key's head. So the weight
 * of the softmax is multiplied with that scale, and the weights of a query for a block of keys are
 * a row of activations in their turn; the integers of values are weights with the scale 1, and the
 * sums so far, multiplied with the softmax's scale, are the residual. With scores and values as
 * integers of their own rows, nothing depends on other texts. Heads of more than 1024 elements stay
 * float32.
 *
 * <p>Rows of zeros, or with nothing above {@link #SMALLEST}, have scale 0; rows with infinities or
 * NaN have scale NaN.
 */
public final class Quantization {
  /** Integers are from −127 to 127. */
  public static final int LARGEST = 127;

  /** Sums of so many products of a byte and an integer cannot overflow. */
  public static final int MAX_DEPTH = 1 << 16;

  /** Scales of smaller values could not be inverted. */
  public static final float SMALLEST = 0x1p-100f;

  /** The scale of a row divided by that of its residual row. */
  public static final int RESIDUAL_RATIO = 2 * LARGEST;

  /** Rows with a larger crest factor, peak to root mean square, get a residual row. */
  static final int MAX_CREST_FACTOR = 8;

  /** Adding it and taking it away again rounds to an integer, ties to even. */
  public static final float ROUND = 0x1.8p23f;

  private Quantization() {}

  /** Whether values of this largest absolute value can be scaled; if not, they count as zeros. */
  static boolean isScalable(float largest) {
    return largest >= SMALLEST && largest <= Float.MAX_VALUE;
  }

  /** The factor that makes values of integers. */
  static float scale(float largest) {
    if (isScalable(largest)) {
      return largest / LARGEST;
    }
    return largest < SMALLEST ? 0f : Float.NaN;
  }

  /** The factor that makes integers of values. */
  static float inverse(float largest) {
    return isScalable(largest) ? LARGEST / largest : 0f;
  }

  /** The nearest integer, of two the even one, of values that {@link #inverse} has scaled. */
  static float round(float value) {
    return (value + ROUND) - ROUND;
  }

  /** Rows get a residual row if the sum of the squares of their integers is below this. */
  public static int residualBelow(int depth) {
    return Math.ceilDiv(LARGEST * LARGEST * depth, MAX_CREST_FACTOR * MAX_CREST_FACTOR);
  }

  /** The bits of the largest absolute value, or of a NaN if there is one: they are in order. */
  static int largestMagnitude(int[] bits) {
    int largest = 0;
    for (int value : bits) {
      largest = Math.max(largest, value & Integer.MAX_VALUE);
    }
    return largest;
  }
}

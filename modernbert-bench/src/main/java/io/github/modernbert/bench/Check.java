package io.github.modernbert.bench;

/** Refuses wrong results: a fast kernel that computes something else is no benchmark. */
final class Check {
  private Check() {}

  /** Fails unless the difference is at most the tolerance; NaN always fails. */
  static void near(double expected, double actual, double tolerance, String what) {
    if (!(Math.abs(expected - actual) <= tolerance)) {
      throw new IllegalStateException(
          "%s: expected %s within %s, found %s".formatted(what, expected, tolerance, actual));
    }
  }

  /** Fails unless both vectors have the same bits and are finite. */
  static void sameBits(float[] expected, float[] actual, String what) {
    if (expected.length != actual.length) {
      throw new IllegalStateException(
          "%s: expected %d floats, found %d".formatted(what, expected.length, actual.length));
    }
    for (int i = 0; i < expected.length; i++) {
      if (!Float.isFinite(actual[i])
          || Float.floatToIntBits(expected[i]) != Float.floatToIntBits(actual[i])) {
        throw new IllegalStateException(
            "%s[%d]: expected the bits of %s, found %s".formatted(what, i, expected[i], actual[i]));
      }
    }
  }
}

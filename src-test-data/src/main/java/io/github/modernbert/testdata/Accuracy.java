package io.github.modernbert.testdata;

/**
 * Judges errors against float64 by those that the reference's own float32 has (see Accuracy in
 * docs/numerics.md).
 */
public final class Accuracy {
  private static final double ALLOWED_RATIO = 1.5;

  private final String what;
  private double worstRatio;
  private Object worstPlace = "";

  /**
   * @param what the kind of values, for the report
   */
  public Accuracy(String what) {
    this.what = what;
  }

  /** How far a result may be from the truth, where the reference is so far from it at most. */
  public static double allowed(double referenceError) {
    return ALLOWED_RATIO * referenceError;
  }

  /** Fails if the largest error of a place is not of the size of the reference's. */
  public void judge(Object place, double error, double referenceError) {
    if (!(error <= allowed(referenceError))) {
      throw new AssertionError(
          "%s: error %.3g, the reference's %.3g".formatted(place, error, referenceError));
    }
    double ratio = error / referenceError;
    if (ratio > worstRatio) {
      worstRatio = ratio;
      worstPlace = place;
    }
  }

  /** Prints where errors were largest. */
  public void report() {
    System.out.printf(
        "golden: largest error of %s %.3f x the reference's own, in %s%n",
        what, worstRatio, worstPlace);
  }
}

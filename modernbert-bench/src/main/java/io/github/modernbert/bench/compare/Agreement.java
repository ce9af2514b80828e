package io.github.modernbert.bench.compare;

import io.github.modernbert.bench.compare.Peer.Precision;
import java.util.List;
import java.util.Locale;

/**
 * How far vectors are from ours.
 *
 * @param largest difference of two elements
 * @param cosine the lowest of all texts
 */
record Agreement(double largest, double cosine) {
  /** Rounding makes about 5e-6; bfloat16 or TF32 products would make more than 1e-2. */
  private static final double FP32_LARGEST = 1e-4;

  /** A model with other numbers is another one; this only tells that it is not nonsense. */
  private static final double ROUGH_COSINE = 0.95;

  /** Compares the vectors of the same texts; NaN anywhere is NaN in the result. */
  static Agreement of(List<float[]> ours, List<float[]> theirs) {
    double largest = 0;
    double cosine = 1;
    for (int t = 0; t < ours.size(); t++) {
      float[] x = ours.get(t);
      float[] y = theirs.get(t);
      if (x.length != y.length) {
        throw new PeerFailure(
            "vectors of %d dimensions, expected %d".formatted(y.length, x.length));
      }
      double dot = 0;
      double own = 0;
      double other = 0;
      for (int d = 0; d < x.length; d++) {
        double a = x[d];
        double b = y[d];
        largest = Math.max(largest, Math.abs(a - b));
        dot += a * b;
        own += a * a;
        other += b * b;
      }
      cosine = Math.min(cosine, dot / Math.sqrt(own * other));
    }
    return new Agreement(largest, cosine);
  }

  /**
   * Refuses what is not the same computation.
   *
   * @throws PeerFailure if the vectors differ by more than the precision explains
   */
  void demand(Precision precision) {
    boolean agrees =
        switch (precision) {
          case FP32 -> largest <= FP32_LARGEST;
          case BF16, INT8 -> cosine >= ROUGH_COSINE;
        };
    if (!agrees) {
      throw new PeerFailure("its vectors are not ours: " + this);
    }
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "largest difference %.2g, lowest cosine %.7f", largest, cosine);
  }
}

package io.github.modernbert.vectors;

import io.github.modernbert.config.SimilarityFunction;

/** How alike two vectors are: more is more. */
public final class Score {
  private Score() {}

  /**
   * The score of two vectors of the same length.
   *
   * @return NaN if a value is, or if infinities or overflows leave nothing to tell
   */
  public static float of(SimilarityFunction function, float[] a, float[] b) {
    float sum = Terms.of(function).sum(a, b);
    return function == SimilarityFunction.COSINE
        ? cosine(sum, length(a) * length(b))
        : of(function, sum, 1);
  }

  /** The Euclidean length of a vector. */
  public static double length(float[] vector) {
    return Math.sqrt(Terms.PRODUCTS.sum(vector, vector));
  }

  /**
   * The score of a sum of terms.
   *
   * @param lengths the product of the vectors' lengths; used by the cosine alone
   */
  static float of(SimilarityFunction function, float sum, double lengths) {
    return switch (function) {
      case COSINE -> cosine(sum, lengths);
      // With 0, so that 0 is never −0.
      case DOT -> 0 + sum;
      case EUCLIDEAN -> 0 - (float) Math.sqrt(sum);
      case MANHATTAN -> 0 - sum;
    };
  }

  private static float cosine(float product, double lengths) {
    return lengths == 0 ? 0 : (float) Math.clamp((0 + product) / lengths, -1.0, 1.0);
  }
}

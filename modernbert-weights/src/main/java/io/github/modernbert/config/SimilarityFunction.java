package io.github.modernbert.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How a model means its vectors to be compared. */
public enum SimilarityFunction {
  COSINE,
  DOT,
  /** The negative Euclidean distance. */
  EUCLIDEAN,
  /** The negative sum of absolute differences. */
  MANHATTAN;

  /**
   * The function of that name in lower case; empty for a name that is not known, as in the
   * reference.
   */
  public static Optional<SimilarityFunction> named(String name) {
    return Arrays.stream(values())
        .filter(function -> function.name().toLowerCase(Locale.ROOT).equals(name))
        .findAny();
  }
}

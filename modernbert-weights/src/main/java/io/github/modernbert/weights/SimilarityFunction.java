package io.github.modernbert.weights;

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

  /** The function of that name; as in the reference a name that is not known says nothing. */
  static Optional<SimilarityFunction> named(String name) {
    return Arrays.stream(values())
        .filter(function -> function.name().toLowerCase(Locale.ROOT).equals(name))
        .findAny();
  }
}

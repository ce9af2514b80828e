package io.github.modernbert.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The function that a model's vectors are meant to be compared with; larger is more similar. */
public enum SimilarityFunction {
  /** The cosine of the angle between the vectors. */
  COSINE,
  /** The dot product. */
  DOT,
  /** The negative Euclidean distance. */
  EUCLIDEAN,
  /** The negative sum of absolute differences. */
  MANHATTAN;

  /**
   * Finds a function by its name in {@code config_sentence_transformers.json}.
   *
   * @param name the name in lower case, such as {@code cosine}
   * @return the function; empty for an unknown name, which the reference ignores too
   */
  public static Optional<SimilarityFunction> named(String name) {
    return Arrays.stream(values())
        .filter(function -> function.name().toLowerCase(Locale.ROOT).equals(name))
        .findAny();
  }
}

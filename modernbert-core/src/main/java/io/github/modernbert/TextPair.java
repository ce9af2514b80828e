package io.github.modernbert;

import java.util.Objects;

/**
 * Two texts that are read together, such as a question and a passage.
 *
 * @param first the first text
 * @param second the second text
 */
public record TextPair(String first, String second) {
  /**
   * Both texts are required.
   *
   * @throws NullPointerException if one is missing
   */
  public TextPair {
    Objects.requireNonNull(first, "first");
    Objects.requireNonNull(second, "second");
  }
}

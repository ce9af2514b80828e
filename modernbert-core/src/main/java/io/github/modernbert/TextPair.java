package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;

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
   * @throws IllegalArgumentException if one is null
   */
  public TextPair {
    Arguments.notNull(first, "first");
    Arguments.notNull(second, "second");
  }
}

package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;

/**
 * A part of a text.
 *
 * @param start where it begins in the text, in chars
 * @param end where it ends in the text, in chars
 * @param tokens how many tokens it has on its own, special ones included
 */
public record Chunk(int start, int end, int tokens) {
  /** Checks that the part is one. */
  public Chunk {
    if (start < 0 || end <= start) {
      throw new IllegalArgumentException("found a chunk from %d to %d".formatted(start, end));
    }
  }

  /**
   * The part itself.
   *
   * @param text the text that was split
   * @throws IllegalArgumentException if the text is null or ends before the chunk
   */
  public String of(String text) {
    if (Arguments.notNull(text, "text").length() < end) {
      throw new IllegalArgumentException(
          "a text of %d chars has no chunk from %d to %d".formatted(text.length(), start, end));
    }
    return text.substring(start, end);
  }
}

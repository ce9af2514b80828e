package io.github.modernbert;

/**
 * An answer to a question: a part of the context, or the statement that the context holds none.
 *
 * @param text the part of the context from start to end; empty for no answer
 * @param score its probability, from 0 to 1; the sum if the same text was found in several places
 * @param start UTF-16 index of its first character in the context
 * @param end UTF-16 index after its last character; 0 for no answer
 */
public record Answer(String text, float score, int start, int end) {
  /** Whether this states that the context holds no answer. */
  public boolean isNone() {
    return end == 0;
  }
}

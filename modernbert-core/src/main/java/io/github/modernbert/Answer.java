package io.github.modernbert;

/**
 * An answer to a question: a part of the text, or that the text does not hold one.
 *
 * @param text the text from start to end; empty for no answer
 * @param score its probability; of an answer that was found in several places, the sum
 * @param start UTF-16 index of its first character in the context
 * @param end UTF-16 index after its last character; 0 for no answer
 */
public record Answer(String text, float score, int start, int end) {
  /** Whether it says that the text does not hold an answer. */
  public boolean isNone() {
    return end == 0;
  }
}

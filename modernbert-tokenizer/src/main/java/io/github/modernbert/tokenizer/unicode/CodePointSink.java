package io.github.modernbert.tokenizer.unicode;

/**
 * Takes the code points of a transformed text in order, each with how it changes the alignment to
 * the text before.
 */
@FunctionalInterface
public interface CodePointSink {
  /**
   * Takes the next code point.
   *
   * @param codePoint the code point
   * @param change 0 when it stands for exactly one code point of the text before, 1 when it was
   *     added, −n when it stands for itself and the n code points that follow it there
   */
  void accept(int codePoint, int change);
}

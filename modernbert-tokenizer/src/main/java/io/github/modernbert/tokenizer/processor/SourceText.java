package io.github.modernbert.tokenizer.processor;

import java.util.List;

/**
 * The text that the offsets of tokens are indices of, which may be given as words.
 *
 * @param text the text, or all words laid end to end
 * @param wordStarts where in it each word starts, whose tokens count from there; empty for a text
 */
public record SourceText(String text, int[] wordStarts) {
  /** No text. */
  static final SourceText NONE = of("");

  /** A text in one piece. */
  public static SourceText of(String text) {
    return new SourceText(text, new int[0]);
  }

  /** A text given as words. */
  public static SourceText of(List<String> words) {
    var starts = new int[words.size()];
    var text = new StringBuilder();
    for (int i = 0; i < starts.length; i++) {
      starts[i] = text.length();
      text.append(words.get(i));
    }
    return new SourceText(text.toString(), starts);
  }

  /** Where the offsets of a word's tokens count from. */
  int start(int word) {
    return word < 0 || wordStarts.length == 0 ? 0 : wordStarts[word];
  }

  boolean isEmpty() {
    return text.isEmpty();
  }
}

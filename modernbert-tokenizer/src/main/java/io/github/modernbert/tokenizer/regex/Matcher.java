package io.github.modernbert.tokenizer.regex;

/** Finds the matches of a pattern in one text, one after the other; not for sharing. */
public final class Matcher {
  Matcher(String text, int start, int end) {}

  /**
   * Finds the next match as the reference walks over a text: an empty match right behind the match
   * before is passed over.
   *
   * @throws MatchLimitException when the search gave up
   */
  public boolean next() {
    throw new UnsupportedOperationException();
  }

  /** Finds the first match that starts at {@code from} or behind. */
  public boolean find(int from) {
    throw new UnsupportedOperationException();
  }

  /** Where the match starts, a UTF-16 index into the text. */
  public int start() {
    throw new UnsupportedOperationException();
  }

  /** Where the match ends, a UTF-16 index into the text. */
  public int end() {
    throw new UnsupportedOperationException();
  }
}

package io.github.modernbert.tokenizer.regex;

/** The conditions on a place. */
enum Anchor {
  /** {@code ^}: at the start of the text or behind a line feed that does not end the text. */
  LINE_START,
  /** {@code $}: at the end of the text or before a line feed. */
  LINE_END,
  /** {@code \A}. */
  TEXT_START,
  /** {@code \z}. */
  TEXT_END,
  /** {@code \Z}: at the end of the text or before a line feed that ends it. */
  LAST_LINE_END,
  /** {@code \G}: where the search started. */
  SEARCH_START,
  /** {@code \b}. */
  WORD_BOUNDARY,
  /** {@code \B}. */
  NO_WORD_BOUNDARY;

  /** Whether the engine allows it inside a look-behind. */
  boolean allowedInLookBehind() {
    return this != TEXT_END && this != LAST_LINE_END;
  }
}

package io.github.modernbert;

/**
 * How the labels of tokens become entities, as the token classification pipeline of transformers
 * does it. A word, for those that look at words, ends where a space stands before the next token or
 * at its start.
 */
public enum Aggregation {
  /** Not at all: each token is given out with its own label, such as {@code B-PER}. */
  NONE,
  /**
   * Neighbouring tokens of one label are an entity, whose score is the mean of theirs; {@code B-}
   * begins a new one. The parts of a word may differ.
   */
  SIMPLE,
  /** Like simple, but a word has the label of its first token. */
  FIRST,
  /** Like simple, but a word has the label with the highest mean of its tokens' scores. */
  AVERAGE,
  /** Like simple, but a word has the label of its token with the highest score. */
  MAX
}

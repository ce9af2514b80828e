package io.github.modernbert;

import io.github.modernbert.tasks.EntityGrouper;
import io.github.modernbert.tasks.EntityGrouper.Level;
import java.util.List;

/**
 * How the labels of tokens become entities, as the token classification pipeline of transformers
 * does it. A word, for those that look at words, ends where a space stands before the next token or
 * at its start.
 */
public enum Aggregation {
  /** Not at all: each token is given out with its own label, such as {@code B-PER}. */
  NONE(Level.TOKEN, false),
  /**
   * Neighbouring tokens of one label are an entity, whose score is the mean of theirs; {@code B-}
   * begins a new one. The parts of a word may differ.
   */
  SIMPLE(Level.TOKEN, true),
  /** Like simple, but a word has the label of its first token. */
  FIRST(Level.FIRST_TOKEN, true),
  /** Like simple, but a word has the label with the highest mean of its tokens' scores. */
  AVERAGE(Level.MEAN, true),
  /** Like simple, but a word has the label of its token with the highest score. */
  MAX(Level.STRONGEST_TOKEN, true);

  private final Level level;
  private final boolean joins;

  Aggregation(Level level, boolean joins) {
    this.level = level;
    this.joins = joins;
  }

  EntityGrouper grouper(List<String> labels) {
    return new EntityGrouper(labels, level, joins);
  }
}

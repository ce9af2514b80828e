package io.github.modernbert;

import io.github.modernbert.tasks.EntityGrouper;
import io.github.modernbert.tasks.EntityGrouper.Level;
import java.util.List;

/**
 * The rule that groups labelled tokens into entities, {@code aggregation_strategy} of the token
 * classification pipeline of transformers. For the rules that look at words, a new word begins at a
 * token that starts with a space or has one before it.
 */
public enum Aggregation {
  /** No grouping: each token is a result with its own label, such as {@code B-PER}. */
  NONE(Level.TOKEN, false),
  /**
   * Neighbouring tokens with one label form an entity, whose score is the mean of theirs; {@code
   * B-} begins a new one. Tokens of one word may get different labels.
   */
  SIMPLE(Level.TOKEN, true),
  /** Like {@link #SIMPLE}, but a word has the label and score of its first token. */
  FIRST(Level.FIRST_TOKEN, true),
  /** Like {@link #SIMPLE}, but a word has the label with the highest mean of its tokens' scores. */
  AVERAGE(Level.MEAN, true),
  /** Like {@link #SIMPLE}, but a word has the label of its token with the highest score. */
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

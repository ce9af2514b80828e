package io.github.modernbert;

/**
 * The scores that a cross-encoder gives to a pair of texts.
 *
 * @param values a score for each label of the model, most often one; the caller's own
 * @param tokens the number of tokens read, special ones included
 * @param truncated whether the pair was too long and a part of it was not read
 */
public record PairScores(float[] values, int tokens, boolean truncated) {
  /** The first value, the score of a model with one label. */
  public float value() {
    return values[0];
  }
}

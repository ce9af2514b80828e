package io.github.modernbert;

/**
 * A label with its score.
 *
 * @param label the label's name
 * @param score what the score function made of its logit; see {@link ScoreFunction}
 */
public record LabelScore(String label, float score) {}

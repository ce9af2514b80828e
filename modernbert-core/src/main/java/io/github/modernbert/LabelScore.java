package io.github.modernbert;

/**
 * A label with its score.
 *
 * @param label the label's name
 * @param score its score, computed from the logits by a {@link ScoreFunction}
 */
public record LabelScore(String label, float score) {}

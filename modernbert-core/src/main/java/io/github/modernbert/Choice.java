package io.github.modernbert;

/**
 * One of several continuations of a text, with its score.
 *
 * @param index its index in the list of choices, from 0
 * @param text the choice
 * @param score its probability, the softmax of the logits of all choices
 * @param logit the model's output for the choice
 */
public record Choice(int index, String text, float score, float logit) {}

package io.github.modernbert;

/**
 * One of several continuations of a text.
 *
 * @param index which of the choices
 * @param text the choice
 * @param score its probability; those of all choices sum up to 1
 * @param logit what the probability was made of
 */
public record Choice(int index, String text, float score, float logit) {}

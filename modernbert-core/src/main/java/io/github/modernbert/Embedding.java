package io.github.modernbert;

/**
 * The vector of one text.
 *
 * @param vector the caller's own
 * @param tokens how many tokens went into it, special ones included
 * @param truncated whether the text was longer than the model takes, and its end (or start) is not
 *     in the vector
 */
public record Embedding(float[] vector, int tokens, boolean truncated) {}

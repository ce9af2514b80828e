package io.github.modernbert;

/**
 * The vector of one text.
 *
 * @param vector the floats of the vector; the caller's own
 * @param tokens the number of tokens read, special ones and those of the prompt included
 * @param truncated whether the text was too long and its end (or start) was not read
 */
public record Embedding(float[] vector, int tokens, boolean truncated) {}

package io.github.modernbert;

/**
 * Two texts that are read together, such as a question and a passage.
 *
 * @param first the first text
 * @param second the second text
 */
public record TextPair(String first, String second) {}

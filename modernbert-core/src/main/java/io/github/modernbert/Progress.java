package io.github.modernbert;

import java.util.OptionalLong;

/**
 * The progress of a call.
 *
 * @param done the number of inputs that are done: texts, pairs or questions
 * @param total the number of all inputs; empty if they come as a stream
 * @param tokens the number of tokens that have been computed, special ones included
 */
public record Progress(long done, OptionalLong total, long tokens) {}

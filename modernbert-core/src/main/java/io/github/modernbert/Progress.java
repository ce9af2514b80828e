package io.github.modernbert;

import java.util.OptionalLong;

/**
 * How far a call has come.
 *
 * @param done how many inputs are done: texts, pairs, or what else the call takes
 * @param total how many there are; empty where they come as a stream
 * @param tokens how many tokens have been computed, special ones included
 */
public record Progress(long done, OptionalLong total, long tokens) {}

package io.github.modernbert.kernels;

/**
 * Consecutive queries of one sequence and head that a step of attention takes together.
 *
 * @param state holds them and their running softmax
 * @param row the first one in the state
 * @param rows from 1 to {@link Kernels#QUERY_BLOCK}
 */
public record QueryBlock(AttentionState state, int row, int rows) {}

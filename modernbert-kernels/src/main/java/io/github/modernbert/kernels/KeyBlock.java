package io.github.modernbert.kernels;

import java.lang.foreign.MemorySegment;

/**
 * Some keys of one sequence and head with their values, as {@link KeyValues} lays them out.
 *
 * @param count from 1 to {@link Kernels#KEY_BLOCK}
 * @param keysOffset bytes
 * @param keyPanel bytes from one panel of keys to the next
 * @param valuesOffset bytes
 * @param valuePanel bytes from one panel of values to the next
 */
public record KeyBlock(
    int count,
    MemorySegment keys,
    long keysOffset,
    long keyPanel,
    MemorySegment values,
    long valuesOffset,
    long valuePanel) {}

package io.github.modernbert.kernels;

import java.lang.foreign.MemorySegment;

/**
 * Consecutive keys of one sequence and head with their values, as {@link KeyValues} lays them out.
 *
 * @param count from 1 to {@link Kernels#KEY_BLOCK}
 * @param keys panels of keys
 * @param values panels of values
 * @param keyScales of integers, one for each key; empty for floats, as are the next two
 * @param keyShifts of bytes, see {@link Int8Panels#shifts}
 * @param valueScales of integers, one for each key
 */
public record KeyBlock(
    int count,
    Panels keys,
    Panels values,
    MemorySegment keyScales,
    MemorySegment keyShifts,
    MemorySegment valueScales) {
  /** Keys and values in float32. */
  public KeyBlock(int count, Panels keys, Panels values) {
    this(count, keys, values, MemorySegment.NULL, MemorySegment.NULL, MemorySegment.NULL);
  }

  /**
   * Panels of keys or values.
   *
   * @param memory begins at the first panel
   * @param stride bytes from one panel to the next
   */
  public record Panels(MemorySegment memory, long stride) {}
}

package io.github.modernbert.kernels;

import java.lang.foreign.MemorySegment;

/**
 * Consecutive keys of one sequence and head with their values, as {@link KeyValues} lays them out.
 *
 * @param count from 1 to {@link Kernels#KEY_BLOCK}
 * @param keys panels of keys
 * @param values panels of values
 */
public record KeyBlock(int count, Panels keys, Panels values) {
  /**
   * Panels of keys or values.
   *
   * @param memory begins at the first panel
   * @param stride bytes from one panel to the next
   */
  public record Panels(MemorySegment memory, long stride) {}
}

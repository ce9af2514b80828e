package io.github.modernbert.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * Memory that weights are packed into, or that holds them already, packed by an earlier run: then
 * it hands out its segments in the order in which they were allocated, and they are read-only.
 */
public interface WeightMemory extends SegmentAllocator {
  /** Whether what is allocated holds the packed weights already. */
  boolean isFilled();

  /** New memory of an arena. */
  static WeightMemory of(Arena arena) {
    return new WeightMemory() {
      @Override
      public MemorySegment allocate(long byteSize, long byteAlignment) {
        return arena.allocate(byteSize, byteAlignment);
      }

      @Override
      public boolean isFilled() {
        return false;
      }
    };
  }
}

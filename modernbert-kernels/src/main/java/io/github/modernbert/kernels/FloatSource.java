package io.github.modernbert.kernels;

import java.lang.foreign.MemorySegment;

/** A source of float32 values of a weight matrix, whatever they are stored as. */
@FunctionalInterface
public interface FloatSource {
  /** Writes {@code count} floats, beginning with element {@code from}, to the start of target. */
  void read(long from, long count, MemorySegment target);
}

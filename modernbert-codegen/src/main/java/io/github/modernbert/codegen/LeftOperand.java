package io.github.modernbert.codegen;

import io.github.modernbert.kernels.PackedMatrix;
import java.lang.foreign.MemorySegment;

/** Rows, prepared to be multiplied with panel after panel of weights of one format. */
interface LeftOperand {
  /** How many rows. */
  int count();

  /**
   * The product with one panel: long enough a call to cost nothing, short enough for a collector to
   * wait.
   *
   * @param y receives the panel's columns of each row
   * @param yStride bytes from one row of y to the next
   * @param add whether the product is added to y
   */
  void multiply(PackedMatrix w, int panel, MemorySegment y, long yStride, boolean add);

  /** The memory that holds so many floats of an array. */
  static MemorySegment slice(float[] array, int offset, long length) {
    return MemorySegment.ofArray(array).asSlice((long) offset * Float.BYTES, length * Float.BYTES);
  }

  /**
   * Where the last of some things begins. A size that wrapped around would pass for a small one.
   */
  static long upToLast(long count, long distance) {
    return Math.multiplyExact(count - 1, distance);
  }
}

package io.github.modernbert.codegen;

import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import java.lang.foreign.MemorySegment;

/** Rows, prepared to be multiplied with panel after panel of weights of one format. */
interface LeftOperand {
  /** How many rows. */
  int count();

  /**
   * The product with some panels, cut into calls of machine code that are long enough to cost
   * nothing and short enough for a collector to wait.
   *
   * @param panel the first one, whose columns begin a block of 64
   * @param count how many of them
   * @param y receives the columns of panels, from the first one's on
   * @param add whether the product is added to y
   */
  void multiply(PackedMatrix w, int panel, int count, Matrix y, boolean add);

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

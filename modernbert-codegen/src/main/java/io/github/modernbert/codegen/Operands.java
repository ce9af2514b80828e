package io.github.modernbert.codegen;

import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import java.lang.foreign.MemorySegment;

/** Cuts operands of machine code to what it will touch. */
final class Operands {
  /** The null pointer, for an operand that is not there. */
  static final MemorySegment ABSENT = MemorySegment.NULL;

  private Operands() {}

  static MemorySegment slice(float[] array, int offset, long length) {
    return MemorySegment.ofArray(array).asSlice((long) offset * Float.BYTES, length * Float.BYTES);
  }

  /** Some columns of a matrix of one row. */
  static MemorySegment columns(Matrix row, int column, long bytes) {
    return row.segment().asSlice(row.offset(0, column), bytes);
  }

  /** The bias of some output features, or absent. */
  static MemorySegment bias(PackedMatrix w, int feature, long bytes) {
    Matrix bias = w.bias();
    return bias == null ? ABSENT : columns(bias, feature, bytes);
  }

  /**
   * The offset of the last of some things at equal distances. A size that wrapped around would pass
   * for a small one.
   */
  static long upToLast(long count, long distance) {
    return Math.multiplyExact(count - 1, distance);
  }

  static void require(boolean condition, String message, long a, long b) {
    if (!condition) {
      throw new IllegalArgumentException(message.formatted(a, b));
    }
  }

  static void requireWritable(MemorySegment segment) {
    if (segment.isReadOnly()) {
      throw new IllegalArgumentException("results cannot go to memory that is only for reading");
    }
  }

  /** Bytes from a row to the next one. */
  static long strideBytes(Matrix m) {
    return (long) m.stride() * Float.BYTES;
  }
}

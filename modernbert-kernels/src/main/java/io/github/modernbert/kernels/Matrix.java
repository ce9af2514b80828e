package io.github.modernbert.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A float32 matrix in off-heap memory, row-major. Rows begin on 64-byte boundaries and are padded
 * to {@link #ROW_PADDING} floats, so that kernels may read and write whole vectors at their ends;
 * what the padding holds is undefined.
 *
 * <p>A view: the memory belongs to the arena it was allocated from.
 *
 * @param segment the memory of exactly {@code rows * stride} floats
 * @param rows number of rows
 * @param columns number of meaningful floats in a row
 * @param stride distance of rows in floats
 */
public record Matrix(MemorySegment segment, int rows, int columns, int stride) {
  /** Row lengths in memory are multiples of this many floats. */
  public static final int ROW_PADDING = 32;

  static final long ALIGNMENT = 64;
  static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  /** Allocates a matrix of zeros. */
  public static Matrix allocate(Arena arena, int rows, int columns) {
    int stride = padded(columns);
    return new Matrix(
        arena.allocate((long) rows * stride * Float.BYTES, ALIGNMENT), rows, columns, stride);
  }

  /** The row length in memory of a matrix with so many columns. */
  public static int padded(int columns) {
    return Math.addExact(columns, ROW_PADDING - 1) / ROW_PADDING * ROW_PADDING;
  }

  /** The rows {@code from} (included) to {@code to} (excluded), sharing memory. */
  public Matrix slice(int from, int to) {
    long row = (long) stride * Float.BYTES;
    return new Matrix(segment.asSlice(from * row, (to - from) * row), to - from, columns, stride);
  }

  /**
   * The same memory seen as {@code rows × columns}; rows stay where they would be if allocated so.
   */
  public Matrix reshape(int newRows, int newColumns) {
    int newStride = padded(newColumns);
    long bytes = (long) newRows * newStride * Float.BYTES;
    return new Matrix(segment.asSlice(0, bytes), newRows, newColumns, newStride);
  }

  /** The byte offset of an element. */
  public long offset(int row, int column) {
    return ((long) row * stride + column) * Float.BYTES;
  }

  /** One element. */
  public float get(int row, int column) {
    return segment.get(FLOAT, offset(row, column));
  }

  /** Sets one element. */
  public void set(int row, int column, float value) {
    segment.set(FLOAT, offset(row, column), value);
  }

  /** Copies a row out. */
  public float[] row(int row) {
    var copy = new float[columns];
    MemorySegment.copy(segment, FLOAT, offset(row, 0), copy, 0, columns);
    return copy;
  }

  /** Copies values into the start of a row. */
  public void setRow(int row, float[] values) {
    MemorySegment.copy(values, 0, segment, FLOAT, offset(row, 0), values.length);
  }
}

package io.github.modernbert.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * A float32 matrix in off-heap memory, either row by row or in blocks: 64 columns of all rows, then
 * the next 64. Blocks are what products read and write without jumping from page to page. Rows and
 * blocks begin on 64-byte boundaries and are padded to {@link #ROW_PADDING} floats, so that kernels
 * may read and write whole vectors at their ends; what the padding holds is undefined.
 *
 * <p>A view: the memory belongs to the arena it was allocated from. Numbers of rows are checked by
 * the bounds of the memory alone: in blocks, the row after the last one is a row of the next block.
 *
 * @param segment the memory from the first to the last row
 * @param rows number of rows
 * @param columns number of meaningful floats in a row
 * @param stride distance of rows in floats, and columns of a block
 * @param blockRows rows from one block to the next
 */
public record Matrix(MemorySegment segment, int rows, int columns, int stride, int blockRows) {
  /** Row lengths in memory are multiples of this many floats. */
  public static final int ROW_PADDING = 32;

  /** Columns of a block. */
  static final int BLOCK = Kernels.DEPTH_BLOCK;

  static final long ALIGNMENT = 64;
  static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  /** Allocates a matrix of zeros, row by row. */
  public static Matrix allocate(SegmentAllocator memory, int rows, int columns) {
    int stride = padded(columns);
    return new Matrix(
        memory.allocate((long) rows * stride * Float.BYTES, ALIGNMENT),
        rows,
        columns,
        stride,
        rows);
  }

  /** Allocates a matrix of zeros, in blocks. */
  public static Matrix allocateBlocks(Arena arena, int rows, int columns) {
    long bytes = (long) Math.ceilDiv(columns, BLOCK) * BLOCK * rows * Float.BYTES;
    return new Matrix(arena.allocate(bytes, ALIGNMENT), rows, columns, BLOCK, rows);
  }

  /** The row length in memory of a matrix with so many columns. */
  public static int padded(int columns) {
    return Math.addExact(columns, ROW_PADDING - 1) / ROW_PADDING * ROW_PADDING;
  }

  /** The rows {@code from} (included) to {@code to} (excluded), sharing memory. */
  public Matrix slice(int from, int to) {
    long blocks = Math.ceilDiv(columns, stride);
    long row = (long) stride * Float.BYTES;
    long bytes = from == to ? 0 : ((blocks - 1) * blockRows + to - from) * row;
    return new Matrix(segment.asSlice(from * row, bytes), to - from, columns, stride, blockRows);
  }

  /**
   * The columns {@code from} (included) to {@code to} (excluded) of all rows, sharing memory.
   *
   * @param from in blocks, the beginning of one
   */
  public Matrix sliceColumns(int from, int to) {
    return new Matrix(segment.asSlice(offset(0, from)), rows, to - from, stride, blockRows);
  }

  /** The memory of a matrix in blocks, seen as another one that takes no more of it. */
  public Matrix asBlocks(int newRows, int newColumns) {
    long bytes = (long) Math.ceilDiv(newColumns, BLOCK) * BLOCK * newRows * Float.BYTES;
    return new Matrix(segment.asSlice(0, bytes), newRows, newColumns, BLOCK, newRows);
  }

  /** The byte offset of an element. */
  public long offset(int row, int column) {
    return ((long) (column / stride) * blockRows + row) * stride * Float.BYTES
        + (long) (column % stride) * Float.BYTES;
  }

  /**
   * All columns of a panel of a product's results, sharing memory.
   *
   * @param width columns of a panel: a divisor or a multiple of those of a block
   */
  public Matrix panel(int panel, int width) {
    int count = Math.min(width, columns - panel * width);
    return view(panel * width, count, Math.min(width, padded(count)));
  }

  /** Some columns that lie side by side, of all rows, sharing memory. */
  Matrix contiguous(int column, int count) {
    return view(column, count, count);
  }

  private Matrix view(int column, int count, int accessible) {
    long from = offset(0, column);
    long end = offset(rows - 1, column + accessible - 1) + Float.BYTES;
    return new Matrix(segment.asSlice(from, end - from), rows, count, stride, blockRows);
  }

  /** Number of columns, from this one on, that lie side by side in memory. */
  int contiguousColumns(int column) {
    return Math.min(columns - column, stride - column % stride);
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
    read(row, 0, copy, 0, columns);
    return copy;
  }

  /**
   * Copies values into the start of a row.
   *
   * @throws IndexOutOfBoundsException if they are more than there are columns
   */
  public void setRow(int row, float[] values) {
    write(values, row, 0, values.length);
  }

  /** Copies floats in native byte order into a row. */
  public void setRow(int row, MemorySegment from, long offset) {
    for (int c = 0, count; c < columns; c += count) {
      count = contiguousColumns(c);
      long at = offset + (long) c * Float.BYTES;
      MemorySegment.copy(from, at, segment, offset(row, c), (long) count * Float.BYTES);
    }
  }

  /** Copies elements of a row out. */
  void read(int row, int column, float[] to, int toOffset, int count) {
    Objects.checkFromIndexSize(column, count, columns);
    for (int i = 0, some; i < count; i += some) {
      some = Math.min(count - i, contiguousColumns(column + i));
      MemorySegment.copy(segment, FLOAT, offset(row, column + i), to, toOffset + i, some);
    }
  }

  /**
   * Copies all rows into blocks of {@link #BLOCK} columns, in each the rows one after the other.
   *
   * @param height rows from one block to the next
   * @return the memory of the buffer
   */
  public float[] copyBlocks(int height, Scratch.Floats buffer) {
    float[] blocks = buffer.atLeast(height * Math.ceilDiv(columns, BLOCK) * BLOCK);
    for (int column = 0; column < columns; column += BLOCK) {
      int count = Math.min(BLOCK, columns - column);
      readBlock(0, rows, column, count, blocks, column * height);
    }
    return blocks;
  }

  /**
   * Copies columns of some rows to distances of {@link #BLOCK} floats. Whole rows of blocks are
   * copied in one piece, whatever they hold behind the columns.
   *
   * @param count at most {@link #BLOCK}
   */
  void readBlock(int row, int rowCount, int column, int count, float[] to, int toOffset) {
    if (stride == BLOCK && column % BLOCK == 0) {
      MemorySegment.copy(segment, FLOAT, offset(row, column), to, toOffset, rowCount * BLOCK);
      return;
    }
    for (int r = 0; r < rowCount; r++) {
      read(row + r, column, to, toOffset + r * BLOCK, count);
    }
  }

  /** Copies elements into a row. */
  void write(float[] from, int row, int column, int count) {
    Objects.checkFromIndexSize(column, count, columns);
    for (int i = 0, some; i < count; i += some) {
      some = Math.min(count - i, contiguousColumns(column + i));
      MemorySegment.copy(from, i, segment, FLOAT, offset(row, column + i), some);
    }
  }
}

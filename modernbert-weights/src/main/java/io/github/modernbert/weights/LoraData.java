package io.github.modernbert.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * The elements of a weight to which an adapter adds a product: W + scale · B · A, in float32. They
 * are computed when they are read, row by row.
 *
 * @param weight W, [rows, columns]
 * @param a [rank, columns]; of an embedding [rank, rows]
 * @param b [rows, rank]; of an embedding [columns, rank]
 * @param rank the number of products in a sum
 * @param columns how many elements a row has
 * @param scale multiplies the product
 * @param embedding whether the product is transposed: W + scale · (B · A)ᵀ
 */
record LoraData(
    Tensor weight, Tensor a, Tensor b, int rank, long columns, float scale, boolean embedding)
    implements TensorData {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public long byteSize() {
    return weight.elementCount() * Float.BYTES;
  }

  @Override
  public MemorySegment bytes(long from, long count) {
    Objects.checkFromIndexSize(from, count, byteSize());
    long first = from / Float.BYTES;
    int length = (int) (Math.ceilDiv(from + count, Float.BYTES) - first);
    float[] values = floats(first, length);
    MemorySegment bytes = MemorySegment.ofArray(new byte[length * Float.BYTES]);
    MemorySegment.copy(values, 0, bytes, FLOAT, 0, length);
    return bytes.asSlice(from - first * Float.BYTES, count);
  }

  private float[] floats(long first, int length) {
    var values = new float[length];
    weight.readFloats(first, length, MemorySegment.ofArray(values));
    if (length == 0) {
      return values;
    }
    int firstRow = (int) (first / columns);
    int rows = (int) ((first + length - 1) / columns) - firstRow + 1;
    // Of an embedding the roles change: its rows are A's columns, its columns B's rows.
    float[] left = embedding ? columnsOf(a, firstRow, rows) : rowsOf(b, firstRow, rows);
    float[] right = embedding ? transposed(b.toFloats()) : a.toFloats();
    int width = (int) columns;
    for (int at = 0; at < length; ) {
      int row = (int) ((first + at) / columns) - firstRow;
      int column = (int) ((first + at) % columns);
      int part = Math.min(width - column, length - at);
      var sums = new float[part];
      for (int k = 0; k < rank; k++) {
        float factor = left[row * rank + k];
        int begin = k * width + column;
        for (int j = 0; j < part; j++) {
          sums[j] += factor * right[begin + j];
        }
      }
      for (int j = 0; j < part; j++) {
        values[at + j] += scale * sums[j];
      }
      at += part;
    }
    return values;
  }

  /** Some rows of [any, rank]. */
  private float[] rowsOf(Tensor matrix, int firstRow, int rows) {
    var values = new float[rows * rank];
    matrix.readFloats((long) firstRow * rank, values.length, MemorySegment.ofArray(values));
    return values;
  }

  /** Some columns of [rank, any] as rows. */
  private float[] columnsOf(Tensor matrix, int firstColumn, int count) {
    long width = matrix.shape().getLast();
    var values = new float[count * rank];
    var part = new float[count];
    for (int k = 0; k < rank; k++) {
      matrix.readFloats(k * width + firstColumn, count, MemorySegment.ofArray(part));
      for (int c = 0; c < count; c++) {
        values[c * rank + k] = part[c];
      }
    }
    return values;
  }

  /** [columns, rank] as [rank, columns]. */
  private float[] transposed(float[] matrix) {
    int width = (int) columns;
    var result = new float[matrix.length];
    for (int c = 0; c < width; c++) {
      for (int k = 0; k < rank; k++) {
        result[k * width + c] = matrix[c * rank + k];
      }
    }
    return result;
  }
}

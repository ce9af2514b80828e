package io.github.modernbert.weights;

import java.io.Closeable;
import java.io.IOException;

/**
 * Writes the rows of a matrix to a file as they come, in a format that the implementation stands
 * for. Not safe for use by several threads.
 */
public sealed interface RowWriter extends Closeable permits NpyWriter, SafetensorsWriter {
  /**
   * Appends a row of float32.
   *
   * @throws IllegalArgumentException if its length is not the number of columns, or the matrix is
   *     not of float32
   * @throws IOException if writing fails
   */
  void row(float[] values) throws IOException;

  /**
   * Appends a row of 8-bit integers.
   *
   * @throws IllegalArgumentException if its length is not the number of columns, or the matrix is
   *     not of 8-bit integers
   * @throws IOException if writing fails
   */
  void row(byte[] values) throws IOException;

  /**
   * Completes the file; closing without it gives the file up.
   *
   * @throws IOException if writing fails
   */
  void finish() throws IOException;
}

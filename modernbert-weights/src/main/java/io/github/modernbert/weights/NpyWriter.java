package io.github.modernbert.weights;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.UUID;

/**
 * Writes a matrix of float32 or 8-bit integers as {@code numpy.load} reads it, row by row. The
 * header has room for any number of rows and is written last; until {@link #finish} the file stands
 * beside its target under another name. Not safe for use by several threads.
 */
public final class NpyWriter implements Closeable {
  private static final int HEADER_BYTES = 128;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};

  private final Path target;
  private final Path unfinished;
  private final FileChannel file;
  private final DType dtype;
  private final int columns;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN).position(HEADER_BYTES);
  private long rows;

  /**
   * Begins a file.
   *
   * @param target where it shall appear
   * @param dtype F32, I8 or U8
   * @param columns of each row, at least 0
   * @throws IOException if nothing can be written beside the target
   */
  public NpyWriter(Path target, DType dtype, int columns) throws IOException {
    descr(dtype);
    this.target = target;
    this.dtype = dtype;
    this.columns = columns;
    unfinished =
        target.resolveSibling("%s.rows-%s".formatted(target.getFileName(), UUID.randomUUID()));
    file = FileChannel.open(unfinished, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
  }

  private static String descr(DType dtype) {
    return switch (dtype) {
      case F32 -> "<f4";
      case I8 -> "|i1";
      case U8 -> "|u1";
      default -> throw new IllegalArgumentException("expected F32, I8 or U8, found " + dtype);
    };
  }

  /**
   * Appends a row of float32.
   *
   * @throws IllegalArgumentException if its length is not the number of columns, or the matrix is
   *     of integers
   * @throws IOException if writing fails
   */
  public void row(float[] values) throws IOException {
    beginRow(dtype == DType.F32, values.length);
    for (float value : values) {
      if (buffer.remaining() < Float.BYTES) {
        drain();
      }
      buffer.putFloat(value);
    }
  }

  /**
   * Appends a row of 8-bit integers.
   *
   * @throws IllegalArgumentException if its length is not the number of columns, or the matrix is
   *     of float32
   * @throws IOException if writing fails
   */
  public void row(byte[] values) throws IOException {
    beginRow(dtype != DType.F32, values.length);
    for (byte value : values) {
      if (!buffer.hasRemaining()) {
        drain();
      }
      buffer.put(value);
    }
  }

  private void beginRow(boolean fits, int length) {
    if (!fits || length != columns) {
      throw new IllegalArgumentException(
          "row of %d values in a matrix of %d columns of %s".formatted(length, columns, dtype));
    }
    rows++;
  }

  private void drain() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      file.write(buffer);
    }
    buffer.clear();
  }

  /**
   * Completes the file.
   *
   * @throws IOException if writing fails
   */
  public void finish() throws IOException {
    drain();
    buffer.put(MAGIC).putShort((short) (HEADER_BYTES - MAGIC.length - Short.BYTES));
    buffer.put(
        String.format(
                Locale.ROOT,
                "{'descr': '%s', 'fortran_order': False, 'shape': (%d, %d), }",
                descr(dtype),
                rows,
                columns)
            .getBytes(StandardCharsets.US_ASCII));
    while (buffer.position() < HEADER_BYTES - 1) {
      buffer.put((byte) ' ');
    }
    buffer.put((byte) '\n');
    file.position(0);
    drain();
    file.close();
    Files.move(unfinished, target, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Removes what {@link #finish} has not completed. */
  @Override
  public void close() throws IOException {
    file.close();
    Files.deleteIfExists(unfinished);
  }
}

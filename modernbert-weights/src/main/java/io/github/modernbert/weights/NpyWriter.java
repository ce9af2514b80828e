package io.github.modernbert.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.UUID;

/**
 * Writes a matrix of float32 or 8-bit integers as {@code numpy.load} reads it, row by row. The
 * header has room for any number of rows and is written last; until {@link #finish} the file stands
 * beside its target under another name. Not safe for use by several threads.
 */
public final class NpyWriter implements RowWriter {
  private static final int HEADER_BYTES = 128;
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};

  private final Path target;
  private final Path unfinished;
  private final LittleEndianFile file;
  private final DType dtype;
  private final int columns;
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
    file = new LittleEndianFile(unfinished);
    file.put(new byte[HEADER_BYTES]);
  }

  private static String descr(DType dtype) {
    return switch (dtype) {
      case F32 -> "<f4";
      case I8 -> "|i1";
      case U8 -> "|u1";
      default -> throw new IllegalArgumentException("expected F32, I8 or U8, found " + dtype);
    };
  }

  @Override
  public void row(float[] values) throws IOException {
    beginRow(dtype == DType.F32, values.length);
    file.put(values);
  }

  @Override
  public void row(byte[] values) throws IOException {
    beginRow(dtype != DType.F32, values.length);
    file.put(values);
  }

  private void beginRow(boolean fits, int length) {
    if (!fits || length != columns) {
      throw new IllegalArgumentException(
          "row of %d values in a matrix of %d columns of %s".formatted(length, columns, dtype));
    }
    rows++;
  }

  @Override
  public void finish() throws IOException {
    file.flush().position(0);
    file.put(header());
    file.flush();
    file.close();
    Files.move(unfinished, target, StandardCopyOption.REPLACE_EXISTING);
  }

  private byte[] header() {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    header.put(MAGIC).putShort((short) (HEADER_BYTES - MAGIC.length - Short.BYTES));
    header.put(
        String.format(
                Locale.ROOT,
                "{'descr': '%s', 'fortran_order': False, 'shape': (%d, %d), }",
                descr(dtype),
                rows,
                columns)
            .getBytes(StandardCharsets.US_ASCII));
    Arrays.fill(header.array(), header.position(), HEADER_BYTES - 1, (byte) ' ');
    header.put(HEADER_BYTES - 1, (byte) '\n');
    return header.array();
  }

  /** Removes what {@link #finish} has not completed. */
  @Override
  public void close() throws IOException {
    file.close();
    Files.deleteIfExists(unfinished);
  }
}

package io.github.modernbert.cli.output;

import io.github.modernbert.Embedding;
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
 * A float32 matrix as {@code numpy.load} reads it. The header has room for any number of rows and
 * is written last; until then the file stands beside its target under another name.
 */
public final class NpyWriter implements VectorWriter {
  private static final int HEADER_BYTES = 128;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};

  private final Path target;
  private final Path unfinished;
  private final FileChannel file;
  private final int columns;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private long rows;

  public NpyWriter(Path target, int columns) throws IOException {
    this.target = target;
    this.columns = columns;
    unfinished =
        target.resolveSibling("%s.rows-%s".formatted(target.getFileName(), UUID.randomUUID()));
    file =
        FileChannel.open(unfinished, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)
            .position(HEADER_BYTES);
  }

  @Override
  public void write(long index, Embedding embedding) throws IOException {
    for (float value : embedding.vector()) {
      if (buffer.remaining() < Float.BYTES) {
        drain();
      }
      buffer.putFloat(value);
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

  @Override
  public void finish() throws IOException {
    drain();
    buffer.put(MAGIC).putShort((short) (HEADER_BYTES - MAGIC.length - Short.BYTES));
    buffer.put(
        String.format(
                Locale.ROOT,
                "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }",
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

  @Override
  public void close() throws IOException {
    file.close();
    Files.deleteIfExists(unfinished);
  }
}

package io.github.modernbert.weights;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A new file that values are written to in little-endian order, through a small buffer. */
final class LittleEndianFile implements Closeable {
  static final int BUFFER_BYTES = 1 << 16;

  private final FileChannel channel;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private long written;

  /**
   * Creates the file.
   *
   * @throws IOException if it exists, or cannot be written
   */
  LittleEndianFile(Path file) throws IOException {
    channel =
        FileChannel.open(
            file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
  }

  void put(byte[] bytes) throws IOException {
    for (int done = 0, length; done < bytes.length; done += length) {
      length = Math.min(room(1), bytes.length - done);
      buffer.put(bytes, done, length);
    }
    written += bytes.length;
  }

  void put(float[] values) throws IOException {
    for (float value : values) {
      room(Float.BYTES);
      buffer.putFloat(value);
    }
    written += (long) values.length * Float.BYTES;
  }

  void put(long[] values) throws IOException {
    for (long value : values) {
      room(Long.BYTES);
      buffer.putLong(value);
    }
    written += (long) values.length * Long.BYTES;
  }

  /** How many bytes have been put. */
  long written() {
    return written;
  }

  /** Makes room for some bytes; returns how many there is room for. */
  private int room(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      flush();
    }
    return buffer.remaining();
  }

  /** Hands what has been put on to the file, whose position and content are then up to date. */
  FileChannel flush() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
    return channel;
  }

  boolean isOpen() {
    return channel.isOpen();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

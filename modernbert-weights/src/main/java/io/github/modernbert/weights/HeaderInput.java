package io.github.modernbert.weights;

import io.github.modernbert.files.ModelFileException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Reads the bytes of a safetensors header one by one through a small buffer, and checks on the way
 * that they are UTF-8. So the memory for a header does not depend on its length, which a forged
 * file may choose.
 */
final class HeaderInput {
  private static final int BUFFER_BYTES = 1 << 14;

  private final String file;
  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
  private final CharBuffer decoded = CharBuffer.allocate(BUFFER_BYTES);
  private long unread;
  private long bufferBegin;
  private int at;
  private int checked;
  private int filled;

  /**
   * @param file the name that errors shall give
   * @param in supplies the header and perhaps more
   * @param length of the header in bytes
   */
  HeaderInput(String file, InputStream in, long length) {
    this.file = file;
    this.in = in;
    this.unread = length;
  }

  /**
   * The byte that {@link #next} moves past, from 0 to 255; −1 at the end.
   *
   * @throws ModelFileException if the bytes from here on are not UTF-8
   * @throws UncheckedIOException if reading fails or ends before the header
   */
  int peek() {
    return at < checked || fill() ? buffer[at] & 0xff : -1;
  }

  /** Moves on by one byte, which {@link #peek} has shown. */
  void next() {
    at++;
  }

  /** An exception that names the file and the position in its header. */
  ModelFileException error(String problem) {
    return new ModelFileException(file, "header, byte " + (bufferBegin + at) + ": " + problem);
  }

  /** Fills the buffer with checked bytes; false at the end. */
  private boolean fill() {
    bufferBegin += at;
    filled -= at;
    System.arraycopy(buffer, at, buffer, 0, filled);
    at = 0;
    checked = 0;
    while (checked == 0 && unread > 0) {
      read();
      check();
    }
    return checked > 0;
  }

  private void read() {
    try {
      int count = in.read(buffer, filled, (int) Math.min(BUFFER_BYTES - filled, unread));
      if (count < 0) {
        throw new EOFException("the file became shorter while it was read");
      }
      filled += count;
      unread -= count;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void check() {
    ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, filled);
    CoderResult result = decoder.decode(bytes, decoded.clear(), unread == 0);
    if (result.isError()) {
      throw new ModelFileException(
          file, "header is not UTF-8 at its byte " + (bufferBegin + bytes.position()));
    }
    checked = bytes.position();
  }
}

package io.github.modernbert.cli.input;

import io.github.modernbert.cli.console.CommandException;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a file, one at a time. Lines end with LF or CRLF; a BOM before the first is left
 * out; a file that does not end with a line end has a last line all the same. Bytes that are no
 * UTF-8 are an error that names the line, since a text with replaced characters is another text.
 */
public final class Utf8Lines implements Iterator<String>, Closeable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final String name;
  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int position;
  private int limit;
  private boolean ended;
  private long taken;
  private @Nullable String next;

  /**
   * @param name what messages call the file
   */
  public Utf8Lines(String name, InputStream in) {
    this.name = name;
    this.in = in;
  }

  /** The file and number of the line read last, for messages. */
  String place() {
    return name + ", line " + taken;
  }

  /** The lines as a stream that closes the file. */
  public Stream<String> stream() {
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(this, Spliterator.ORDERED | Spliterator.NONNULL),
            false)
        .onClose(() -> {
          try {
            close();
          } catch (IOException e) {
            throw unreadable(e);
          }
        });
  }

  @Override
  public boolean hasNext() {
    if (next == null) {
      next = read();
    }
    return next != null;
  }

  @Override
  public String next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    String line = next;
    next = null;
    taken++;
    return line;
  }

  private @Nullable String read() {
    var line = new ByteArrayOutputStream();
    boolean any = false;
    while (fill()) {
      any = true;
      int end = position;
      while (end < limit && buffer[end] != '\n') {
        end++;
      }
      line.write(buffer, position, end - position);
      position = end + 1;
      if (end < limit) {
        break;
      }
      position = end;
    }
    return any ? decode(line.toByteArray()) : null;
  }

  private boolean fill() {
    try {
      // A terminal whose end has come would be read on, and ask for another Ctrl-D.
      if (position == limit && !ended) {
        int read = in.read(buffer);
        ended = read < 0;
        position = 0;
        limit = Math.max(0, read);
      }
      return position < limit;
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private CommandException unreadable(IOException e) {
    return new CommandException("%s: cannot be read: %s".formatted(name, e.getMessage()), e);
  }

  private String decode(byte[] bytes) {
    int end = bytes.length > 0 && bytes[bytes.length - 1] == '\r' ? bytes.length - 1 : bytes.length;
    var input = ByteBuffer.wrap(bytes, 0, end);
    var decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    try {
      String text = decoder.decode(input).toString();
      return taken == 0 && text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new CommandException(
          "%s, line %d: not UTF-8, byte %d of the line is 0x%02X"
              .formatted(name, taken + 1, input.position() + 1, bytes[input.position()]),
          e);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}

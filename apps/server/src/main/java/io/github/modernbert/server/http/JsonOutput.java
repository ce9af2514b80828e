package io.github.modernbert.server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON as bytes. Numbers of a vector go straight into the buffer, with the shortest digits
 * that read back to the same float; nothing is made of them in between. Text is ASCII with escapes
 * only where JSON needs them, else UTF-8; a lone surrogate becomes U+FFFD.
 *
 * <p>Not safe for use by several threads.
 */
public final class JsonOutput {
  private static final int BUFFER = 32 * 1024;

  /** Room for the longest float, and for any escape. */
  private static final int MARGIN = 32;

  private static final int LAST_CONTROL = 0x1f;
  private static final int LAST_ASCII = 0x7f;
  private static final int LAST_OF_TWO_BYTES = 0x7ff;
  private static final char REPLACEMENT = '\ufffd';
  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  private final OutputStream target;
  private final byte[] buffer = new byte[BUFFER];
  private final StringBuilder digits = new StringBuilder(MARGIN);
  private int length;
  private boolean needsComma;

  /** Writes to a stream, which {@link #flush} must be called for in the end. */
  public JsonOutput(OutputStream target) {
    this.target = target;
  }

  /** Opens an object. */
  public JsonOutput beginObject() {
    return open('{');
  }

  /** Closes an object. */
  public JsonOutput endObject() {
    return close('}');
  }

  /** Opens an array. */
  public JsonOutput beginArray() {
    return open('[');
  }

  /** Closes an array. */
  public JsonOutput endArray() {
    return close(']');
  }

  private JsonOutput open(char bracket) {
    separate();
    put(bracket);
    needsComma = false;
    return this;
  }

  private JsonOutput close(char bracket) {
    reserve();
    put(bracket);
    needsComma = true;
    return this;
  }

  private void separate() {
    reserve();
    if (needsComma) {
      put(',');
    }
    needsComma = true;
  }

  /** The name of the member whose value comes next. */
  public JsonOutput name(String name) {
    separate();
    quoted(name);
    put(':');
    needsComma = false;
    return this;
  }

  /** A member with a text. */
  public JsonOutput member(String name, String value) {
    return name(name).value(value);
  }

  /** A member with a number. */
  public JsonOutput member(String name, long value) {
    return name(name).value(value);
  }

  /** A member with a number. */
  public JsonOutput member(String name, float value) {
    return name(name).value(value);
  }

  /** A member with a truth value. */
  public JsonOutput member(String name, boolean value) {
    return name(name).value(value);
  }

  /** A text. */
  public JsonOutput value(String text) {
    separate();
    quoted(text);
    return this;
  }

  /** A text, or null. */
  public JsonOutput nullable(@Nullable String text) {
    return text == null ? nullValue() : value(text);
  }

  /** A number. */
  public JsonOutput value(long number) {
    separate();
    digits.setLength(0);
    putDigits(digits.append(number));
    return this;
  }

  /** A number; null if it is infinite or none. */
  public JsonOutput value(float number) {
    separate();
    putFloat(number);
    return this;
  }

  /** A truth value. */
  public JsonOutput value(boolean truth) {
    separate();
    putAscii(truth ? "true" : "false");
    return this;
  }

  /** Null. */
  public JsonOutput nullValue() {
    separate();
    putAscii("null");
    return this;
  }

  /** An array of numbers. */
  public JsonOutput vector(float[] values) {
    beginArray();
    for (int i = 0; i < values.length; i++) {
      reserve();
      if (i > 0) {
        put(',');
      }
      putFloat(values[i]);
    }
    return endArray();
  }

  /** A text that holds the numbers' bytes, little endian, in base64. */
  public JsonOutput base64(float[] values) {
    separate();
    put('"');
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    putAll(Base64.getEncoder().encode(bytes.array()));
    reserve();
    put('"');
    return this;
  }

  /** Hands everything to the stream. */
  public void flush() {
    try {
      target.write(buffer, 0, length);
      length = 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void reserve() {
    if (length > BUFFER - MARGIN) {
      flush();
    }
  }

  private void put(int oneByte) {
    buffer[length++] = (byte) oneByte;
  }

  private void putAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      put(text.charAt(i));
    }
  }

  private void putDigits(StringBuilder text) {
    for (int i = 0; i < text.length(); i++) {
      put(text.charAt(i));
    }
  }

  private void putAll(byte[] bytes) {
    flush();
    try {
      target.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void putFloat(float number) {
    if (!Float.isFinite(number)) {
      putAscii("null");
      return;
    }
    digits.setLength(0);
    putDigits(digits.append(number));
  }

  private void quoted(String text) {
    put('"');
    for (int i = 0; i < text.length(); i++) {
      reserve();
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        put('\\');
        put(c);
      } else if (c <= LAST_CONTROL) {
        putAscii("\\u00");
        put(HEX[c >> 4]);
        put(HEX[c & 15]);
      } else if (c <= LAST_ASCII) {
        put(c);
      } else if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        putUtf8(Character.toCodePoint(c, text.charAt(++i)));
      } else {
        putUtf8(Character.isSurrogate(c) ? REPLACEMENT : c);
      }
    }
    reserve();
    put('"');
  }

  private void putUtf8(int point) {
    if (point <= LAST_OF_TWO_BYTES) {
      put(0xc0 | point >> 6);
    } else {
      if (point <= Character.MAX_VALUE) {
        put(0xe0 | point >> 12);
      } else {
        put(0xf0 | point >> 18);
        put(0x80 | point >> 12 & 0x3f);
      }
      put(0x80 | point >> 6 & 0x3f);
    }
    put(0x80 | point & 0x3f);
  }
}

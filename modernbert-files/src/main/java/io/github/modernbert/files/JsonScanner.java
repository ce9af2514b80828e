package io.github.modernbert.files;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON from a stream of UTF-8 value by value, for documents that are too large for a tree, or
 * whose length a forged file may choose: memory and stack do not depend on what it nests or how
 * long its strings are.
 *
 * <p>Strict as the parser of the references that read such files (serde_json): no lone surrogates,
 * numbers within the range of double, at most 127 nested containers. A byte-order mark is an error
 * unless {@link #skipByteOrderMark} is called.
 *
 * <p>For use by one thread. Methods that read throw {@link ModelFileException} with the file, the
 * part of it and the position where the text is no JSON or something other than what was asked for.
 */
public final class JsonScanner {
  /** The result of {@link #peek} behind the last byte. */
  public static final int END = -1;

  private static final int MAX_DEPTH = 127;

  /** Names are shorter by far; a longer one is refused instead of held. */
  private static final int MAX_NAME_BYTES = 1 << 16;

  private static final Sink NOWHERE = (utf8, from, count) -> {};

  private final String file;
  private String part;
  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int at;
  private int limit;
  private long unread;
  private long bufferBegin;
  private @Nullable ByteArrayOutputStream copy;
  private int copyBegin;

  private final boolean[] inObject = new boolean[MAX_DEPTH + 1];
  private int depth;

  /** Whether nothing of the innermost container has been read. */
  private boolean begun;

  private final byte[] character = new byte[4];
  private final JsonNumber number = new JsonNumber(this);

  /**
   * @param file the name that errors shall give
   * @param part the part of the file that the text is, for errors; empty for all of it
   * @param in supplies the text and perhaps more
   * @param length of the text in bytes
   */
  public JsonScanner(String file, String part, InputStream in, long length) {
    this.file = file;
    this.part = part;
    this.in = in;
    this.unread = length;
  }

  /** Takes the UTF-8 of a string, piece after piece. */
  @FunctionalInterface
  public interface Sink {
    /** Takes {@code count} bytes of an array, which is reused afterwards. */
    void append(byte[] utf8, int from, int count);
  }

  /** Names another part of the file in errors from now on. */
  public void within(String part) {
    this.part = part;
  }

  /** An exception that names the file, the part and the position in the text. */
  public ModelFileException error(String problem) {
    String place = (part.isEmpty() ? "" : part + ", ") + "byte " + (bufferBegin + at);
    return new ModelFileException(file, place + ": " + problem);
  }

  private ModelFileException unexpected(String wanted) throws IOException {
    int next = look();
    String found =
        next == END
            ? "the end"
            : next > ' ' && next < 0x7f ? "'" + (char) next + "'" : "byte 0x%02X".formatted(next);
    return error(wanted + ", found " + found);
  }

  /** Copies the text that is read from now on, as it is; null for none. */
  public void copyTo(@Nullable ByteArrayOutputStream target) {
    flushCopy();
    copy = target;
  }

  private void flushCopy() {
    if (copy != null) {
      copy.write(buffer, copyBegin, at - copyBegin);
    }
    copyBegin = at;
  }

  /** Fills the buffer if all of it has been read; false at the end. */
  private boolean fill() throws IOException {
    if (at < limit) {
      return true;
    }
    flushCopy();
    bufferBegin += at;
    at = 0;
    limit = 0;
    copyBegin = 0;
    if (unread == 0) {
      return false;
    }
    while (limit == 0) {
      int count = in.read(buffer, 0, (int) Math.min(buffer.length, unread));
      if (count < 0) {
        throw new EOFException("the file became shorter while it was read");
      }
      limit = count;
    }
    unread -= limit;
    return true;
  }

  /** The next byte, white space included, from 0 to 255; {@link #END} behind the last. */
  int look() throws IOException {
    return fill() ? buffer[at] & 0xff : END;
  }

  /** Moves on by one byte, which {@link #look} has shown. */
  void advance() {
    at++;
  }

  /** Takes the next byte if it is this one. */
  boolean accept(char character) throws IOException {
    boolean here = look() == character;
    if (here) {
      at++;
    }
    return here;
  }

  /** Passes over a byte-order mark, which is not copied, at the beginning of the text. */
  public void skipByteOrderMark() throws IOException {
    if (look() == 0xef) {
      character(NOWHERE);
      if (character[1] != (byte) 0xbb || character[2] != (byte) 0xbf) {
        throw error("expected a value");
      }
      copyBegin = at;
    }
  }

  /** The first byte of the next token; {@link #END} behind the last. */
  public int peek() throws IOException {
    int next = look();
    while (next == ' ' || next == '\n' || next == '\r' || next == '\t') {
      at++;
      next = look();
    }
    return next;
  }

  /** Requires that nothing but white space is left. */
  public void end() throws IOException {
    if (peek() != END) {
      throw error("text after the end of the JSON document");
    }
  }

  /**
   * Begins the object that stands here; {@link #next} leads to its members.
   *
   * @param what names it in errors
   */
  public void beginObject(String what) throws IOException {
    begin('{', what + " must be an object");
  }

  /**
   * Begins the array that stands here; {@link #next} leads to its elements.
   *
   * @param what names it in errors
   */
  public void beginArray(String what) throws IOException {
    begin('[', what + " must be an array");
  }

  private void begin(char bracket, String problem) throws IOException {
    if (peek() != bracket) {
      throw unexpected(problem);
    }
    at++;
    if (++depth > MAX_DEPTH) {
      throw error("nested deeper than " + MAX_DEPTH);
    }
    inObject[depth] = bracket == '{';
    begun = true;
  }

  /**
   * Moves to the next member or element of the innermost container that has been begun, or out of
   * it. All of the one before must have been read.
   *
   * @return whether there is one
   */
  public boolean next() throws IOException {
    char bracket = inObject[depth] ? '}' : ']';
    boolean first = begun;
    begun = false;
    int next = peek();
    if (next == bracket) {
      at++;
      depth--;
      return false;
    }
    if (!first) {
      if (next != ',') {
        throw unexpected("expected ',' or '" + bracket + "'");
      }
      at++;
    }
    return true;
  }

  /** Reads the key of a member; its value is next. */
  public String key() throws IOException {
    String key = string("key");
    colon();
    return key;
  }

  /** Reads the key of a member; its value is next. */
  public void key(Sink sink) throws IOException {
    string("key", sink);
    colon();
  }

  /**
   * Reads the key of a member; its value is next.
   *
   * @return null if the key is longer than {@code mostBytes} in UTF-8
   */
  public @Nullable String key(int mostBytes) throws IOException {
    String key = string("key", mostBytes);
    colon();
    return key;
  }

  private void colon() throws IOException {
    if (peek() != ':') {
      throw unexpected("expected ':'");
    }
    at++;
  }

  /** Reads a string, which must be short enough for a name. */
  public String string(String what) throws IOException {
    String text = string(what, MAX_NAME_BYTES);
    if (text == null) {
      throw error(what + " is longer than " + MAX_NAME_BYTES + " bytes");
    }
    return text;
  }

  /**
   * Reads a string.
   *
   * @param what names it in errors
   * @return null if it is longer than {@code mostBytes} in UTF-8
   */
  public @Nullable String string(String what, int mostBytes) throws IOException {
    var text = new ByteArrayOutputStream();
    string(
        what,
        (utf8, from, count) -> {
          if (text.size() <= mostBytes) {
            text.write(utf8, from, Math.min(count, mostBytes + 1 - text.size()));
          }
        });
    return text.size() > mostBytes ? null : text.toString(StandardCharsets.UTF_8);
  }

  /**
   * Reads a string into a sink.
   *
   * @param what names it in errors
   */
  public void string(String what, Sink sink) throws IOException {
    if (peek() != '"') {
      throw unexpected(what + " must be a string");
    }
    at++;
    while (true) {
      int from = at;
      int to = from;
      // ASCII that stands for itself.
      while (to < limit && buffer[to] >= ' ' && buffer[to] != '"' && buffer[to] != '\\') {
        to++;
      }
      sink.append(buffer, from, to - from);
      at = to;
      int next = look();
      if (next == '"') {
        at++;
        return;
      } else if (next == '\\') {
        at++;
        escape(sink);
      } else if (next >= 0x80) {
        character(sink);
      } else if (next == END) {
        throw error("string without end");
      } else if (next < ' ') {
        throw error("control character in a string");
      }
    }
  }

  /** Reads a character of several bytes, well formed as table 3-7 of the Unicode standard says. */
  private void character(Sink sink) throws IOException {
    int lead = look();
    int more = lead < 0xc2 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : 0;
    if (more == 0) {
      throw error("not UTF-8 text");
    }
    at++;
    character[0] = (byte) lead;
    int low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    int high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    for (int i = 1; i <= more; i++) {
      int next = look();
      if (next < low || next > high) {
        throw error("not UTF-8 text");
      }
      at++;
      character[i] = (byte) next;
      low = 0x80;
      high = 0xbf;
    }
    sink.append(character, 0, 1 + more);
  }

  /** Reads an escape behind its backslash. */
  private void escape(Sink sink) throws IOException {
    int letter = look();
    if (letter != END) {
      at++;
    }
    int codePoint =
        switch (letter) {
          case '"', '\\', '/' -> letter;
          case 'b' -> '\b';
          case 'f' -> '\f';
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          case 'u' -> escapedCodePoint();
          default -> throw error("unknown escape in a string");
        };
    byte[] utf8 = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
    sink.append(utf8, 0, utf8.length);
  }

  private int escapedCodePoint() throws IOException {
    char first = hexadecimal();
    if (!Character.isSurrogate(first)) {
      return first;
    }
    if (Character.isHighSurrogate(first) && accept('\\') && accept('u')) {
      char second = hexadecimal();
      if (Character.isLowSurrogate(second)) {
        return Character.toCodePoint(first, second);
      }
    }
    throw error("lone surrogate in a string");
  }

  private char hexadecimal() throws IOException {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int next = look();
      int digit = next > 0x7f ? -1 : Character.digit(next, 16);
      if (digit < 0) {
        throw error("\\u needs four hexadecimal digits");
      }
      at++;
      value = value << 4 | digit;
    }
    return (char) value;
  }

  /** Reads {@code null} if it stands here. */
  public boolean acceptNull() throws IOException {
    if (peek() != 'n') {
      return false;
    }
    literal("null");
    return true;
  }

  private void literal(String word) throws IOException {
    for (int i = 0; i < word.length(); i++) {
      if (!accept(word.charAt(i))) {
        throw error("expected a value");
      }
    }
  }

  /**
   * Reads a number.
   *
   * @param what names it in errors
   * @return the same object each time, which holds the number until the next is read
   */
  public JsonNumber number(String what) throws IOException {
    return readNumber(what + ": expected a number");
  }

  private JsonNumber readNumber(String problem) throws IOException {
    if (!isNumber()) {
      throw unexpected(problem);
    }
    number.read();
    return number;
  }

  /** Whether a number stands here. */
  public boolean isNumber() throws IOException {
    int first = peek();
    return first == '-' || first >= '0' && first <= '9';
  }

  /**
   * Reads an integer from 0 to 2^64 - 1.
   *
   * @param what names it in errors
   */
  public long unsigned(String what) throws IOException {
    JsonNumber value = number(what);
    if (!value.isUnsigned()) {
      throw error(what + " must be an integer from 0 to 2^64 - 1");
    }
    return value.unsigned();
  }

  /** Reads a value of any kind. */
  public void skip() throws IOException {
    int outside = depth;
    do {
      if (depth > outside && inObject[depth]) {
        key(NOWHERE);
      }
      switch (peek()) {
        case '{' -> beginObject("value");
        case '[' -> beginArray("value");
        case '"' -> string("value", NOWHERE);
        case 't' -> literal("true");
        case 'f' -> literal("false");
        case 'n' -> literal("null");
        default -> readNumber("expected a value");
      }
      while (depth > outside && !next()) {
        // Another container has ended.
      }
    } while (depth > outside);
  }

  /**
   * Reads the text of the value that stands here, for a message about it, without any check.
   *
   * @param mostBytes where to stop if the value is longer
   */
  public String preview(int mostBytes) throws IOException {
    var text = new ByteArrayOutputStream();
    boolean quoted = false;
    int open = 0;
    for (int next = peek(); next != END && text.size() < mostBytes; next = look()) {
      boolean closes = next == ']' || next == '}';
      if (!quoted && open == 0 && (closes || next == ',')) {
        break;
      }
      open += quoted ? 0 : next == '[' || next == '{' ? 1 : closes ? -1 : 0;
      quoted ^= next == '"';
      text.write(next);
      at++;
      if (next == '\\' && look() != END) {
        text.write(look());
        at++;
      }
    }
    return text.toString(StandardCharsets.UTF_8).strip();
  }
}

package io.github.modernbert.tokenizer.json;

import io.github.modernbert.tokenizer.text.ByteStrings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * JSON text as a stream of bytes, for tables that are too large for a tree: takes strings and
 * numbers in their final form, skips what nobody reads, and copies other values as they are, for a
 * parser to read. Strict about what it takes and skips, and blind for errors in what it copies.
 */
final class JsonBytes {
  /** What {@link #peek} and {@link #take} return behind the last byte. */
  static final int END = -1;

  /** Deeper ones are refused by the parser; nothing behind that point is copied. */
  private static final int MAX_DEPTH = 300;

  /** The grammar of numbers. */
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][-+]?[0-9]+)?");

  /** Longer ones are not written by anything that writes numbers. */
  private static final int LONGEST_NUMBER = 1000;

  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int at;
  private int limit;
  private long taken;
  private @Nullable ByteArrayOutputStream copy;

  /** Takes characters of strings that are skipped, one after the other. */
  private final ByteStrings skipped = new ByteStrings();

  JsonBytes(InputStream in) {
    this.in = in;
  }

  /** A problem with the syntax of what is taken. */
  static final class SyntaxException extends RuntimeException {
    private static final long serialVersionUID = 1;

    SyntaxException(String problem) {
      super(problem);
    }
  }

  /** Copies all bytes that are taken from now on; null for none. */
  void copyTo(@Nullable ByteArrayOutputStream target) {
    copy = target;
  }

  /** Whether there is another byte in the buffer, which is filled again if it is empty. */
  private boolean fill() throws IOException {
    if (at < limit) {
      return true;
    }
    taken += limit;
    at = 0;
    limit = Math.max(0, in.read(buffer));
    return limit > 0;
  }

  /** The next byte, which stays. */
  private int look() throws IOException {
    return fill() ? buffer[at] & 0xFF : END;
  }

  /** Takes the next byte, white space included. */
  int take() throws IOException {
    if (!fill()) {
      return END;
    }
    int value = buffer[at++] & 0xFF;
    if (copy != null) {
      copy.write(value);
    }
    return value;
  }

  /** Takes a mark of UTF-8 at the beginning of a file, which is not copied. */
  void skipByteOrderMark() throws IOException {
    if (look() == 0xEF) {
      take();
      if (take() != 0xBB || take() != 0xBF) {
        throw new MalformedInputException(1);
      }
    }
  }

  /** The next byte behind white space, which is taken. */
  int peek() throws IOException {
    int next = look();
    while (next == ' ' || next == '\n' || next == '\r' || next == '\t') {
      take();
      next = look();
    }
    return next;
  }

  /** Takes a byte that must be the next one behind white space. */
  void expect(char wanted) throws IOException {
    if (peek() != wanted) {
      throw unexpected("'" + wanted + "'");
    }
    take();
  }

  /**
   * Takes what is before an element or behind the last one: nothing or a comma, or the bracket.
   *
   * @param first whether no element has been taken
   * @return whether there is an element
   */
  boolean hasNext(boolean first, char close) throws IOException {
    int next = peek();
    if (next == close) {
      take();
      return false;
    }
    if (!first) {
      if (next != ',') {
        throw unexpected("',' or '" + close + "'");
      }
      take();
    }
    return true;
  }

  private SyntaxException unexpected(String wanted) throws IOException {
    int found = look();
    long place = taken + at;
    return new SyntaxException(
        "expected %s at byte %d, found %s"
            .formatted(
                wanted,
                place,
                found == END
                    ? "the end"
                    : found > ' ' && found < 0x7F
                        ? "'" + (char) found + "'"
                        : "byte 0x%02X".formatted(found)));
  }

  /**
   * Takes a string and appends it to the one that a list writes.
   *
   * @return whether it has no halves of surrogate pairs, which are left out
   */
  boolean string(ByteStrings target) throws IOException {
    expect('"');
    boolean whole = true;
    while (true) {
      int from = at;
      int to = from;
      // What stands for itself: ASCII without control characters.
      while (to < limit && buffer[to] >= ' ' && buffer[to] != '"' && buffer[to] != '\\') {
        to++;
      }
      target.append(buffer, from, to - from);
      at = to;
      int next = look();
      if (next == '"') {
        at++;
        return whole;
      } else if (next == '\\') {
        at++;
        whole &= escape(target);
      } else if (next >= 0x80) {
        character(target);
      } else if (next < ' ') {
        throw unexpected("a character of a string");
      }
    }
  }

  /** Takes a character of several bytes, well formed as the Unicode standard says in table 3-7. */
  private void character(ByteStrings target) throws IOException {
    int lead = look();
    at++;
    int more = lead < 0xC2 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : lead < 0xF5 ? 3 : 0;
    int low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    int high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (more == 0) {
      throw new MalformedInputException(1);
    }
    target.append(lead);
    for (int i = 0; i < more; i++) {
      int next = look();
      if (next < low || next > high) {
        throw new MalformedInputException(1);
      }
      at++;
      target.append(next);
      low = 0x80;
      high = 0xBF;
    }
  }

  /** Takes an escape behind its backslash; false for half of a surrogate pair. */
  private boolean escape(ByteStrings target) throws IOException {
    int kind = look();
    switch (kind) {
      case '"', '\\', '/' -> target.append(kind);
      case 'b' -> target.append('\b');
      case 'f' -> target.append('\f');
      case 'n' -> target.append('\n');
      case 'r' -> target.append('\r');
      case 't' -> target.append('\t');
      case 'u' -> {
        at++;
        return unicode(target);
      }
      default -> throw unexpected("a character to escape");
    }
    at++;
    return true;
  }

  private boolean unicode(ByteStrings target) throws IOException {
    int unit = fourDigits();
    int codePoint = unit;
    if (Character.isHighSurrogate((char) unit)) {
      if (look() != '\\') {
        return false;
      }
      at++;
      if (look() != 'u') {
        escape(target);
        return false;
      }
      at++;
      int second = fourDigits();
      if (!Character.isLowSurrogate((char) second)) {
        return false;
      }
      codePoint = Character.toCodePoint((char) unit, (char) second);
    } else if (Character.isLowSurrogate((char) unit)) {
      return false;
    }
    byte[] utf8 = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
    target.append(utf8, 0, utf8.length);
    return true;
  }

  private int fourDigits() throws IOException {
    int unit = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(look(), 16);
      if (digit < 0) {
        throw unexpected("four hexadecimal digits");
      }
      unit = unit << 4 | digit;
      at++;
    }
    return unit;
  }

  /**
   * Takes the digits of an integer, up to the first that is too much for an int.
   *
   * @return the value, or −1 if there are no digits
   */
  long digits() throws IOException {
    int next = peek();
    long value = -1;
    while (next >= '0' && next <= '9' && value <= Integer.MAX_VALUE) {
      if (value == 0) {
        throw unexpected("no digit behind a zero");
      }
      value = Math.max(0, value) * 10 + (next - '0');
      at++;
      next = look();
    }
    return value;
  }

  /** Takes a number, as it is written. */
  String number() throws IOException {
    peek();
    var text = new StringBuilder();
    for (int next = look(); isOfNumber(next); next = look()) {
      if (text.length() == LONGEST_NUMBER) {
        throw unexpected("a number of at most " + LONGEST_NUMBER + " characters");
      }
      text.append((char) next);
      at++;
    }
    if (!NUMBER.matcher(text).matches()) {
      throw unexpected("the end of a number, not of '" + text + "'");
    }
    return text.toString();
  }

  /** Whether the next byte, white space included, may stand in a number. */
  boolean isInNumber() throws IOException {
    return isOfNumber(look());
  }

  private static boolean isOfNumber(int value) {
    return value >= '0' && value <= '9'
        || value == '-'
        || value == '+'
        || value == '.'
        || value == 'e'
        || value == 'E';
  }

  /** Takes a value of any kind and checks its syntax; nothing of it is kept. */
  void skip() throws IOException {
    skip(0);
  }

  private void skip(int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw unexpected("no value within %d others".formatted(MAX_DEPTH));
    }
    switch (peek()) {
      case '{' -> {
        take();
        for (boolean first = true; hasNext(first, '}'); first = false) {
          skipString();
          expect(':');
          skip(depth + 1);
        }
      }
      case '[' -> {
        take();
        for (boolean first = true; hasNext(first, ']'); first = false) {
          skip(depth + 1);
        }
      }
      case '"' -> skipString();
      case 't' -> skipWord("true");
      case 'f' -> skipWord("false");
      case 'n' -> skipWord("null");
      default -> number();
    }
  }

  private void skipString() throws IOException {
    expect('"');
    for (int next = look(); next != '"'; next = look()) {
      if (next == '\\') {
        at++;
        escape(skipped);
      } else if (next >= 0x80) {
        character(skipped);
      } else if (next >= ' ') {
        at++;
      } else {
        throw unexpected("a character of a string");
      }
      skipped.dropString();
    }
    at++;
  }

  private void skipWord(String word) throws IOException {
    for (int i = 0; i < word.length(); i++) {
      if (take() != word.charAt(i)) {
        throw unexpected("the rest of " + word);
      }
    }
  }

  /** Takes a value of any kind, to be copied; false if the text ends in it, or it is too deep. */
  boolean value() throws IOException {
    return value(Integer.MAX_VALUE);
  }

  /**
   * Takes a value of any kind, to be copied.
   *
   * @param most how many bytes are taken at least before it is left unfinished
   * @return false if the text ends in it, or it is too deep or too long
   */
  boolean value(int most) throws IOException {
    int next = peek();
    if (next != '"' && next != '{' && next != '[') {
      while (next > ' ' && next != ',' && next != ']' && next != '}') {
        take();
        next = look();
      }
      return next != END;
    }
    long end = taken + at + most;
    int depth = 0;
    do {
      next = take();
      if (next == '{' || next == '[') {
        depth++;
      } else if (next == '}' || next == ']') {
        depth--;
      } else if (next == '"' && !restOfString(end)) {
        return false;
      }
      if (next == END || depth > MAX_DEPTH || taken + at > end) {
        return false;
      }
    } while (depth > 0);
    return true;
  }

  private boolean restOfString(long end) throws IOException {
    for (int next = take(); next != '"'; next = take()) {
      if (next == '\\') {
        next = take();
      }
      if (next == END || taken + at > end) {
        return false;
      }
    }
    return true;
  }
}

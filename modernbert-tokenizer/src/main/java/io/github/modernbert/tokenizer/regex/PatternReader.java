package io.github.modernbert.tokenizer.regex;

/** A place in the text of a pattern, moved by code points. */
final class PatternReader {
  static final int END = -1;

  private final String pattern;
  private int at;

  PatternReader(String pattern) {
    this.pattern = pattern;
  }

  int index() {
    return at;
  }

  void reset(int index) {
    at = index;
  }

  boolean atEnd() {
    return at == pattern.length();
  }

  /** The next code point, or {@link #END}. */
  int peek() {
    return atEnd() ? END : pattern.codePointAt(at);
  }

  /** Takes the next code point; at the end the pattern is refused as an unfinished {@code what}. */
  int next(String what) {
    if (atEnd()) {
      throw error("the pattern ends inside " + what, at);
    }
    int codePoint = pattern.codePointAt(at);
    at += Character.charCount(codePoint);
    return codePoint;
  }

  /** Takes {@code expected} if the pattern goes on with it. */
  boolean take(String expected) {
    if (!pattern.startsWith(expected, at)) {
      return false;
    }
    at += expected.length();
    return true;
  }

  boolean isNext(String expected) {
    return pattern.startsWith(expected, at);
  }

  /** The text from {@code start} to here. */
  String since(int start) {
    return pattern.substring(start, at);
  }

  /** Takes up to {@code limit} digits of a number base 8, 10 or 16; −1 for none. */
  long number(int base, int limit, String what) {
    long value = -1;
    for (int digits = 0; digits < limit && !atEnd(); digits++) {
      char c = pattern.charAt(at);
      int digit = c < 128 ? Character.digit(c, base) : -1;
      if (digit < 0) {
        break;
      }
      value = Math.max(value, 0) * base + digit;
      if (value > 0xFFFF_FFFFL) {
        throw error("too big a number in " + what, at);
      }
      at++;
    }
    return value;
  }

  IllegalArgumentException error(String message, int index) {
    return new IllegalArgumentException(
        "regular expression %s: %s at index %d".formatted(pattern, message, index));
  }

  IllegalArgumentException unsupported(String construct, int index) {
    return error("the construct " + construct + " is not supported", index);
  }
}

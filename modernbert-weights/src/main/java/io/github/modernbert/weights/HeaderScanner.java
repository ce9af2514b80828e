package io.github.modernbert.weights;

import io.github.modernbert.files.ModelFileException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Strict JSON over the bytes of a safetensors header, with the verdicts of the reference's parser
 * (serde_json): no byte-order mark, no lone surrogates, numbers within the range of double, at most
 * 127 nested containers.
 *
 * <p>Values are visited, never built into a tree, and unknown ones are skipped without recursion:
 * memory and stack do not depend on what a forged header nests or how long its texts are.
 */
final class HeaderScanner {
  private static final int MAX_DEPTH = 127;

  /** Names are shorter by far; a longer one is refused instead of held. */
  private static final int MAX_NAME_BYTES = 1 << 16;

  private final HeaderInput input;
  private final boolean[] inObject = new boolean[MAX_DEPTH + 1];
  private int depth;

  HeaderScanner(HeaderInput input) {
    this.input = input;
  }

  ModelFileException error(String problem) {
    return input.error(problem);
  }

  /** The first byte of the next token, -1 at the end. */
  int peek() {
    int next = input.peek();
    while (next == ' ' || next == '\n' || next == '\r' || next == '\t') {
      input.next();
      next = input.peek();
    }
    return next;
  }

  /** Requires that nothing but white space is left. */
  void end() {
    if (peek() != -1) {
      throw error("text after the end of the JSON document");
    }
  }

  /** Visits the object that begins here; {@code member} must consume each value. */
  void object(String what, Consumer<String> member) {
    open('{', what);
    for (boolean more = !closes('}'); more; more = another('}')) {
      String key = string("key");
      colon();
      member.accept(key);
    }
  }

  /**
   * Visits the object of texts that begins here.
   *
   * @param mostBytes longer texts are passed on as null
   */
  void texts(String what, int mostBytes, TextMember member) {
    open('{', what);
    for (boolean more = !closes('}'); more; more = another('}')) {
      String key = text("key", mostBytes);
      colon();
      member.accept(key, text(what + ": a value", mostBytes));
    }
  }

  /** Takes a member of an object of texts; what is too long is null. */
  interface TextMember {
    void accept(@Nullable String key, @Nullable String value);
  }

  /** Visits the array that begins here; {@code element} must consume each value. */
  void array(String what, Runnable element) {
    open('[', what);
    for (boolean more = !closes(']'); more; more = another(']')) {
      element.run();
    }
  }

  private void open(char bracket, String what) {
    if (peek() != bracket) {
      throw error(what + " must be " + (bracket == '{' ? "an object" : "an array"));
    }
    input.next();
    if (++depth > MAX_DEPTH) {
      throw error("nested deeper than " + MAX_DEPTH);
    }
    inObject[depth] = bracket == '{';
  }

  private boolean closes(char bracket) {
    if (peek() != bracket) {
      return false;
    }
    input.next();
    depth--;
    return true;
  }

  private boolean another(char bracket) {
    if (closes(bracket)) {
      return false;
    }
    if (peek() != ',') {
      throw error("expected ',' or '" + bracket + "'");
    }
    input.next();
    return true;
  }

  private void colon() {
    if (peek() != ':') {
      throw error("expected ':'");
    }
    input.next();
  }

  private void skipKey() {
    text("key", 0);
    colon();
  }

  /** Consumes any value. */
  void skip() {
    int outside = depth;
    do {
      if (!enterContainer()) {
        leaveContainers(outside);
      }
    } while (depth > outside);
  }

  /** Consumes a scalar, an empty container or the beginning of another one; true for the last. */
  private boolean enterContainer() {
    int first = peek();
    switch (first) {
      case '{' -> {
        open('{', "value");
        if (!closes('}')) {
          skipKey();
          return true;
        }
      }
      case '[' -> {
        open('[', "value");
        return !closes(']');
      }
      case '"' -> text("value", 0);
      case 't' -> literal("true");
      case 'f' -> literal("false");
      case 'n' -> literal("null");
      default -> number("value");
    }
    return false;
  }

  /** After a value: closes what ends here, up to the next value or the outside. */
  private void leaveContainers(int outside) {
    while (depth > outside) {
      boolean object = inObject[depth];
      if (another(object ? '}' : ']')) {
        if (object) {
          skipKey();
        }
        return;
      }
    }
  }

  /** Consumes {@code null} if it stands here. */
  boolean acceptNull() {
    if (peek() != 'n') {
      return false;
    }
    literal("null");
    return true;
  }

  private void literal(String word) {
    for (int i = 0; i < word.length(); i++, input.next()) {
      if (input.peek() != word.charAt(i)) {
        throw error("expected a value");
      }
    }
  }

  /** The string that begins here, which must be short enough for a name. */
  String string(String what) {
    String text = text(what, MAX_NAME_BYTES);
    if (text == null) {
      throw error(what + " is longer than " + MAX_NAME_BYTES + " bytes");
    }
    return text;
  }

  /**
   * Reads the string that begins here and resolves its escapes.
   *
   * @param mostBytes how long it may be in UTF-8 to be held
   * @return null if it is longer
   */
  private @Nullable String text(String what, int mostBytes) {
    if (peek() != '"') {
      throw error(what + " must be a string");
    }
    input.next();
    var text = new Text(mostBytes);
    for (int b = input.peek(); b != '"'; b = input.peek()) {
      if (b < 0) {
        throw error("string without end");
      } else if (b < ' ') {
        throw error("control character in a string");
      }
      input.next();
      if (b == '\\') {
        text.codePoint(escape());
      } else {
        text.octet(b);
      }
    }
    input.next();
    return text.get();
  }

  private int escape() {
    int letter = input.peek();
    if (letter >= 0) {
      input.next();
    }
    return switch (letter) {
      case '"', '\\', '/' -> letter;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> escapedCodePoint();
      default -> throw error("unknown escape in a string");
    };
  }

  private int escapedCodePoint() {
    char first = hex();
    if (!Character.isSurrogate(first)) {
      return first;
    }
    if (Character.isHighSurrogate(first) && input.peek() == '\\') {
      input.next();
      if (input.peek() == 'u') {
        input.next();
        char second = hex();
        if (Character.isLowSurrogate(second)) {
          return Character.toCodePoint(first, second);
        }
      }
    }
    throw error("lone surrogate in a string");
  }

  private char hex() {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit = hexDigit(input.peek());
      if (digit < 0) {
        throw error("\\u needs four hexadecimal digits");
      }
      input.next();
      value = value << 4 | digit;
    }
    return (char) value;
  }

  private static int hexDigit(int b) {
    return b < 0 || b > 0x7f ? -1 : Character.digit(b, 16);
  }

  /** The number that begins here, which must be an integer from 0 to 2^64 - 1. */
  long unsigned(String what) {
    HeaderNumber number = number(what);
    if (!number.isUnsigned()) {
      throw error(what + " must be an integer from 0 to 2^64 - 1");
    }
    return number.significand();
  }

  private HeaderNumber number(String what) {
    int first = peek();
    if (first != '-' && (first < '0' || first > '9')) {
      throw error(what + ": expected " + (what.equals("value") ? "a value" : "an integer"));
    }
    return HeaderNumber.read(input);
  }

  /** Gathers the UTF-8 of a string as long as it is short enough. */
  private static final class Text {
    private final int mostBytes;
    private @Nullable ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Text(int mostBytes) {
      this.mostBytes = mostBytes;
    }

    void octet(int b) {
      if (bytes != null) {
        bytes.write(b);
        dropIfTooLong();
      }
    }

    void codePoint(int codePoint) {
      if (bytes != null) {
        bytes.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
        dropIfTooLong();
      }
    }

    private void dropIfTooLong() {
      if (bytes != null && bytes.size() > mostBytes) {
        bytes = null;
      }
    }

    @Nullable String get() {
      return bytes == null ? null : bytes.toString(StandardCharsets.UTF_8);
    }
  }
}

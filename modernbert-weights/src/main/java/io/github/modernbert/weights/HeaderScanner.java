package io.github.modernbert.weights;

import io.github.modernbert.files.ModelFileException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Strict JSON over the bytes of a safetensors header, with the verdicts of the reference's parser
 * (serde_json): no byte-order mark, no lone surrogates, numbers within the range of double, at most
 * 127 nested containers.
 *
 * <p>Values are visited, never built into a tree, and unknown ones are skipped without recursion:
 * memory and stack do not depend on what a forged header nests.
 */
final class HeaderScanner {
  private static final int MAX_DEPTH = 127;

  private final String file;
  private final byte[] bytes;
  private final boolean[] inObject = new boolean[MAX_DEPTH + 1];
  private int at;
  private int depth;

  HeaderScanner(String file, byte[] bytes) {
    this.file = file;
    this.bytes = bytes;
    requireUtf8();
  }

  private void requireUtf8() {
    var decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(4096);
    CoderResult result;
    do {
      result = decoder.decode(in, out.clear(), true);
    } while (result.isOverflow());
    if (result.isError()) {
      throw new ModelFileException(file, "header is not UTF-8 at its byte " + in.position());
    }
  }

  ModelFileException error(String problem) {
    return new ModelFileException(file, "header, byte " + at + ": " + problem);
  }

  /** The first byte of the next token, -1 at the end. */
  int peek() {
    while (at < bytes.length
        && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r' || bytes[at] == '\t')) {
      at++;
    }
    return at < bytes.length ? bytes[at] & 0xff : -1;
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
      member.accept(key());
    }
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
    at++;
    if (++depth > MAX_DEPTH) {
      throw error("nested deeper than " + MAX_DEPTH);
    }
    inObject[depth] = bracket == '{';
  }

  private boolean closes(char bracket) {
    if (peek() != bracket) {
      return false;
    }
    at++;
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
    at++;
    return true;
  }

  private String key() {
    String key = string("key");
    if (peek() != ':') {
      throw error("expected ':'");
    }
    at++;
    return key;
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
          key();
          return true;
        }
      }
      case '[' -> {
        open('[', "value");
        return !closes(']');
      }
      case '"' -> string("value");
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
          key();
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
    for (int i = 0; i < word.length(); i++, at++) {
      if (at >= bytes.length || bytes[at] != word.charAt(i)) {
        throw error("expected a value");
      }
    }
  }

  /** The string that begins here, escapes resolved. */
  String string(String what) {
    if (peek() != '"') {
      throw error(what + " must be a string");
    }
    at++;
    StringBuilder escaped = null;
    for (int from = at; ; ) {
      int b = at < bytes.length ? bytes[at] : -1;
      if (at >= bytes.length) {
        throw error("string without end");
      } else if (b == '"' || b == '\\') {
        String plain = new String(bytes, from, at - from, StandardCharsets.UTF_8);
        at++;
        if (b == '"') {
          return escaped == null ? plain : escaped.append(plain).toString();
        }
        escaped = (escaped == null ? new StringBuilder() : escaped).append(plain);
        escape(escaped);
        from = at;
      } else if (b >= 0 && b < ' ') {
        throw error("control character in a string");
      } else {
        at++;
      }
    }
  }

  private void escape(StringBuilder to) {
    int letter = at < bytes.length ? bytes[at++] : -1;
    switch (letter) {
      case '"', '\\', '/' -> to.append((char) letter);
      case 'b' -> to.append('\b');
      case 'f' -> to.append('\f');
      case 'n' -> to.append('\n');
      case 'r' -> to.append('\r');
      case 't' -> to.append('\t');
      case 'u' -> {
        char first = hex();
        to.append(first);
        if (Character.isHighSurrogate(first)
            && at + 1 < bytes.length
            && bytes[at] == '\\'
            && bytes[at + 1] == 'u') {
          at += 2;
          char second = hex();
          if (!Character.isLowSurrogate(second)) {
            throw error("lone surrogate in a string");
          }
          to.append(second);
        } else if (Character.isSurrogate(first)) {
          throw error("lone surrogate in a string");
        }
      }
      default -> throw error("unknown escape in a string");
    }
  }

  private char hex() {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit = at < bytes.length ? Character.digit((char) bytes[at++], 16) : -1;
      if (digit < 0) {
        throw error("\\u needs four hexadecimal digits");
      }
      value = value << 4 | digit;
    }
    return (char) value;
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
    var number = new HeaderNumber();
    int length = number.scan(bytes, at);
    if (length < 0) {
      throw error("not a number of JSON, or beyond the range of double");
    }
    at += length;
    return number;
  }
}

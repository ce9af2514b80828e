package io.github.modernbert.tokenizer.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** UTF-8 as Rust's strings have it. */
public final class Utf8 {
  private Utf8() {}

  /** How many bytes a code point takes. */
  public static int length(int codePoint) {
    return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }

  /** How many bytes a text takes that has no lone surrogates. */
  public static int length(CharSequence text) {
    return length(text, 0, text.length());
  }

  /** How many bytes a stretch of a text takes that has no lone surrogates. */
  public static int length(CharSequence text, int from, int to) {
    int length = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      // The two halves of a pair make four bytes.
      length += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return length;
  }

  /** Byte {@code index} of the {@code length} bytes of a code point. */
  public static int value(int codePoint, int index, int length) {
    if (length == 1) {
      return codePoint;
    }
    int bits = codePoint >> (6 * (length - 1 - index));
    return index == 0 ? (0xF00 >> length & 0xFF) | bits : 0x80 | (bits & 0x3F);
  }

  /** The text of the bytes, or empty when they are not UTF-8. */
  public static Optional<String> decodeStrict(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /**
   * The text of the bytes with one U+FFFD for each longest start of a character that is not one.
   * Java's own decoder counts them differently for surrogates.
   */
  public static String decode(byte[] bytes, int count) {
    var text = new StringBuilder(count);
    for (int i = 0; i < count; ) {
      int lead = bytes[i++] & 0xFF;
      if (lead < 0x80) {
        text.append((char) lead);
        continue;
      }
      int more = lead < 0xC2 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : lead < 0xF5 ? 3 : 0;
      int codePoint = lead & (0x3F >> more);
      int low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
      int high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
      boolean whole = more > 0;
      for (int k = 0; k < more && whole; k++) {
        int next = i < count ? bytes[i] & 0xFF : 0;
        if (next < low || next > high) {
          whole = false;
        } else {
          codePoint = codePoint << 6 | (next & 0x3F);
          low = 0x80;
          high = 0xBF;
          i++;
        }
      }
      text.appendCodePoint(whole ? codePoint : 0xFFFD);
    }
    return text.toString();
  }

  /** The text with U+FFFD in place of each lone surrogate; the same object if it has none. */
  public static String wellFormed(String text) {
    int lone = loneSurrogate(text, 0);
    if (lone < 0) {
      return text;
    }
    char[] chars = text.toCharArray();
    for (; lone >= 0; lone = loneSurrogate(text, lone + 1)) {
      chars[lone] = 0xFFFD;
    }
    return new String(chars);
  }

  /** The index of the first lone surrogate at {@code from} or behind, or −1. */
  public static int loneSurrogate(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          return i;
        }
        i++;
      }
    }
    return -1;
  }
}

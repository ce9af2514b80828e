package io.github.modernbert.tokenizer.pretokenizer;

import io.github.modernbert.tokenizer.regex.Matcher;
import io.github.modernbert.tokenizer.regex.Regex;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The classes letter, number and white space of the reference's regular expressions, computed by
 * the engine once and then read from a table.
 */
final class CharacterKind {
  static final byte OTHER = 0;
  static final byte LETTER = 1;
  static final byte NUMBER = 2;
  static final byte SPACE = 3;

  private static final int PLANE_BITS = 16;
  private static final byte[] BASIC = table(0);

  /** The other planes, each made by the first text that needs it. */
  private static final AtomicReferenceArray<byte[]> PLANES =
      new AtomicReferenceArray<>((Character.MAX_CODE_POINT >> PLANE_BITS) + 1);

  private CharacterKind() {}

  static byte of(int codePoint) {
    int plane = codePoint >> PLANE_BITS;
    return plane == 0 ? BASIC[codePoint] : plane(plane)[codePoint & 0xFFFF];
  }

  private static byte[] plane(int plane) {
    byte[] kinds = PLANES.get(plane);
    if (kinds == null) {
      kinds = table(plane);
      PLANES.set(plane, kinds);
    }
    return kinds;
  }

  private static byte[] table(int plane) {
    var text = new StringBuilder();
    for (int i = 0; i < 1 << PLANE_BITS; i++) {
      int codePoint = (plane << PLANE_BITS) + i;
      // Text has no halves of surrogate pairs; a number keeps their places.
      boolean half = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
      text.appendCodePoint(half ? '0' : codePoint);
    }
    var kinds = new byte[1 << PLANE_BITS];
    mark(kinds, text.toString(), "\\p{L}+", LETTER);
    mark(kinds, text.toString(), "\\p{N}+", NUMBER);
    mark(kinds, text.toString(), "\\s+", SPACE);
    return kinds;
  }

  private static void mark(byte[] kinds, String text, String pattern, byte kind) {
    int units = text.length() / kinds.length;
    Matcher matcher = Regex.compile(pattern).matcher(text);
    while (matcher.next()) {
      Arrays.fill(kinds, matcher.start() / units, matcher.end() / units, kind);
    }
  }
}

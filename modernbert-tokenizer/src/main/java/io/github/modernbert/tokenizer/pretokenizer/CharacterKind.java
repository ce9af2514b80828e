package io.github.modernbert.tokenizer.pretokenizer;

import io.github.modernbert.tokenizer.regex.CharacterClass;
import io.github.modernbert.tokenizer.unicode.CodePointSet;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The classes letter, number and white space of the reference's regular expressions, in a table.
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
    var kinds = new byte[1 << PLANE_BITS];
    mark(kinds, plane, CharacterClass.letters(), LETTER);
    mark(kinds, plane, CharacterClass.numbers(), NUMBER);
    mark(kinds, plane, CharacterClass.spaces(), SPACE);
    return kinds;
  }

  private static void mark(byte[] kinds, int plane, CodePointSet set, byte kind) {
    int start = plane << PLANE_BITS;
    for (int range = 0; range < set.rangeCount(); range++) {
      int from = Math.max(set.first(range) - start, 0);
      int to = Math.min(set.last(range) + 1 - start, kinds.length);
      if (from < to) {
        Arrays.fill(kinds, from, to, kind);
      }
    }
  }
}

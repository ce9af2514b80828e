package io.github.modernbert.tokenizer.unicode;

import java.util.List;

/**
 * Extended grapheme clusters (Unicode Standard Annex 29) in the Unicode version of the reference,
 * as far as its normalizer Precompiled shows them: pairs of regional indicators, which take eight
 * bytes and so are never replaced as a whole, are two clusters here.
 */
public final class GraphemeClusters {
  /** No character below joins the one before it, except the line feed of a carriage return. */
  public static final char FIRST_JOINING = 0x300;

  // The classes of characters, as bits: a character may belong to several.
  private static final int CONTROL = 1;
  private static final int PREPEND = 1 << 1;
  private static final int EXTEND = 1 << 2;
  private static final int SPACING_MARK = 1 << 3;
  private static final int PICTOGRAPHIC = 1 << 4;
  private static final int HANGUL_L = 1 << 5;
  private static final int HANGUL_V = 1 << 6;
  private static final int HANGUL_T = 1 << 7;
  private static final int CONSONANT = 1 << 8;
  private static final int LINKER = 1 << 9;
  private static final int CONJUNCT_EXTEND = 1 << 10;
  private static final int HANGUL = HANGUL_L | HANGUL_V | HANGUL_T;

  private static final int JOINER = 0x200D;
  private static final CodePointMap CLASSES = new CodePointMap();

  static {
    List<String> names =
        List.of(
            "control",
            "prepend",
            "extend",
            "spacing-mark",
            "pictographic",
            "hangul-l",
            "hangul-v",
            "hangul-t",
            "consonant",
            "linker",
            "conjunct-extend");
    for (String entry :
        Tables.read(GraphemeClusters.class, "graphemes.txt").getOrDefault("", List.of())) {
      int bit = 1 << names.indexOf(Tables.key(entry));
      CodePointSet set = CodePointSet.parse(Tables.value(entry));
      for (int range = 0; range < set.rangeCount(); range++) {
        for (int c = set.first(range); c <= set.last(range); c++) {
          CLASSES.put(c, CLASSES.get(c) | bit);
        }
      }
    }
  }

  private GraphemeClusters() {}

  /** Where the cluster ends that starts at {@code start}, which is not the end of the text. */
  public static int end(String text, int start) {
    int codePoint = text.codePointAt(start);
    int at = start + Character.charCount(codePoint);
    int before = codePoint;
    int beforeClass = CLASSES.get(codePoint);
    // Whether the cluster so far ends with a pictograph, marks, a joiner: (EP Extend* ZWJ)
    boolean pictograph = is(beforeClass, PICTOGRAPHIC);
    // Whether it ends with a consonant and marks, and whether a linker is among those
    boolean consonant = is(beforeClass, CONSONANT);
    boolean linked = false;
    while (at < text.length()) {
      int next = text.codePointAt(at);
      int nextClass = CLASSES.get(next);
      boolean joins =
          joins(before, beforeClass, next, nextClass)
              || consonant && linked && is(nextClass, CONSONANT)
              || pictograph && before == JOINER && is(nextClass, PICTOGRAPHIC);
      if (!joins) {
        return at;
      }
      pictograph = is(nextClass, PICTOGRAPHIC) || pictograph && is(nextClass, EXTEND);
      if (is(nextClass, CONSONANT)) {
        consonant = true;
        linked = false;
      } else {
        linked |= is(nextClass, LINKER);
        consonant &= is(nextClass, LINKER | CONJUNCT_EXTEND);
      }
      before = next;
      beforeClass = nextClass;
      at += Character.charCount(next);
    }
    return at;
  }

  /** Whether a character joins the one right before it whatever else there is. */
  private static boolean joins(int before, int beforeClass, int next, int nextClass) {
    if (is(beforeClass, CONTROL) || is(nextClass, CONTROL)) {
      return before == '\r' && next == '\n';
    }
    return is(nextClass, EXTEND | SPACING_MARK)
        || is(beforeClass, PREPEND)
        || joinsHangul(before, beforeClass, next, nextClass);
  }

  private static boolean joinsHangul(int before, int beforeClass, int next, int nextClass) {
    int ends = hangulEnd(before, beforeClass);
    if (ends == 0) {
      return false;
    }
    boolean syllable = Hangul.isSyllable(next);
    return switch (ends) {
      case HANGUL_L -> syllable || is(nextClass, HANGUL_L | HANGUL_V);
      case HANGUL_V -> is(nextClass, HANGUL_V | HANGUL_T);
      default -> is(nextClass, HANGUL_T);
    };
  }

  /** The kind of Hangul letter that a character ends with, 0 for none. */
  private static int hangulEnd(int codePoint, int classes) {
    if (Hangul.isSyllable(codePoint)) {
      return Hangul.trailing(codePoint) == Hangul.TRAILING ? HANGUL_V : HANGUL_T;
    }
    return classes & HANGUL;
  }

  private static boolean is(int classes, int bits) {
    return (classes & bits) != 0;
  }
}

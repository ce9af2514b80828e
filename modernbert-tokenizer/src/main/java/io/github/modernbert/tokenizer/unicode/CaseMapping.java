package io.github.modernbert.tokenizer.unicode;

import java.util.List;

/**
 * Lower case as the reference makes it: every code point by itself, so that a final sigma is no
 * special case, and no language's rules.
 */
public final class CaseMapping {
  /** The distance to the single lower-case code point; {@link #SEVERAL} when there are more. */
  private static final CodePointMap DISTANCE = new CodePointMap();

  private static final int SEVERAL = Integer.MIN_VALUE;
  private static final CodePointMap FIRST = new CodePointMap();
  private static final CodePointMap SECOND = new CodePointMap();

  static {
    for (String entry :
        Tables.read(CaseMapping.class, "lowercase.txt").getOrDefault("", List.of())) {
      int codePoint = Integer.parseInt(Tables.key(entry), 16);
      int[] lower = Tables.codePoints(Tables.value(entry));
      if (lower.length == 1) {
        DISTANCE.put(codePoint, lower[0] - codePoint);
      } else {
        DISTANCE.put(codePoint, SEVERAL);
        FIRST.put(codePoint, lower[0]);
        SECOND.put(codePoint, lower[1]);
      }
    }
  }

  private CaseMapping() {}

  /** Hands the lower case of {@code codePoint} to {@code sink}. */
  public static void toLowerCase(int codePoint, CodePointSink sink) {
    int distance = DISTANCE.get(codePoint);
    if (distance == SEVERAL) {
      sink.accept(FIRST.get(codePoint), 0);
      sink.accept(SECOND.get(codePoint), 1);
    } else {
      sink.accept(codePoint + distance, 0);
    }
  }

  /** Hands the lower case of every code point of {@code text} to {@code sink}. */
  public static void toLowerCase(String text, CodePointSink sink) {
    for (int at = 0; at < text.length(); ) {
      int codePoint = text.codePointAt(at);
      at += Character.charCount(codePoint);
      toLowerCase(codePoint, sink);
    }
  }
}

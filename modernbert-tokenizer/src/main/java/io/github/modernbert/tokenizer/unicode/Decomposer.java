package io.github.modernbert.tokenizer.unicode;

import java.util.Arrays;

/**
 * Decomposes a text and brings its marks into canonical order: the reference's iterator, with its
 * change 0 for the first code point of a decomposition and 1 for the others.
 */
final class Decomposer {
  /** Takes the decomposed code points. */
  @FunctionalInterface
  interface Sink {
    /** Takes the next code point, its combining class and its change of alignment. */
    void accept(int codePoint, int combiningClass, int change);
  }

  // A waiting mark is one long that sorts by class, then by place: 8 bits class, 31 bits place,
  // 1 bit change, 21 bits code point.
  private static final int CHANGE_BIT = 21;
  private static final int PLACE_BIT = 22;
  private static final int CLASS_BIT = 53;

  private final Decompositions data;
  private final Sink sink;
  private long[] marks = new long[8];
  private int waiting;
  private boolean sorted = true;

  Decomposer(Decompositions data, Sink sink) {
    this.data = data;
    this.sink = sink;
  }

  void decompose(String text) {
    for (int at = 0; at < text.length(); ) {
      int codePoint = text.codePointAt(at);
      at += Character.charCount(codePoint);
      if (Hangul.isSyllable(codePoint)) {
        put(Hangul.leading(codePoint), 0, 0);
        put(Hangul.vowel(codePoint), 0, 1);
        if (Hangul.trailing(codePoint) != Hangul.TRAILING) {
          put(Hangul.trailing(codePoint), 0, 1);
        }
        continue;
      }
      int combiningClass = data.combiningClass(codePoint);
      if (combiningClass >= 0) {
        put(codePoint, combiningClass, 0);
        continue;
      }
      int change = 0;
      for (int part : data.decomposition(combiningClass)) {
        put(part, data.combiningClass(part), change);
        change = 1;
      }
    }
    flush();
  }

  private void put(int codePoint, int combiningClass, int change) {
    if (combiningClass == 0) {
      flush();
      sink.accept(codePoint, 0, change);
      return;
    }
    if (waiting == marks.length) {
      marks = Arrays.copyOf(marks, 2 * waiting);
    }
    long mark =
        (long) combiningClass << CLASS_BIT
            | (long) waiting << PLACE_BIT
            | (long) change << CHANGE_BIT
            | codePoint;
    sorted &= waiting == 0 || marks[waiting - 1] < mark;
    marks[waiting++] = mark;
  }

  private void flush() {
    if (!sorted) {
      Arrays.sort(marks, 0, waiting);
      sorted = true;
    }
    for (int i = 0; i < waiting; i++) {
      long mark = marks[i];
      int codePoint = (int) mark & (1 << CHANGE_BIT) - 1;
      sink.accept(codePoint, (int) (mark >>> CLASS_BIT), (int) (mark >>> CHANGE_BIT) & 1);
    }
    waiting = 0;
  }
}

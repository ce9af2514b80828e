package io.github.modernbert.tokenizer.unicode;

import java.util.Arrays;

/**
 * Composes decomposed code points: the reference's iterator, whose change for a composed code point
 * is the sum over its parts less one for each part but the first.
 */
final class Composer implements Decomposer.Sink {
  private static final int NONE = -1;

  private final CodePointSink sink;

  /** The starter that may still compose, with its change. */
  private int starter = NONE;

  private int starterChange;

  /** The class of the last mark that stayed behind the starter; 0 when there is none. */
  private int lastClass;

  /** The marks that stayed behind the starter: code point and change, one behind the other. */
  private int[] marks = new int[8];

  private int size;

  Composer(CodePointSink sink) {
    this.sink = sink;
  }

  @Override
  public void accept(int codePoint, int combiningClass, int change) {
    if (starter == NONE) {
      if (combiningClass != 0) {
        sink.accept(codePoint, change);
      } else {
        start(codePoint, change);
      }
      return;
    }
    if (lastClass == 0 || lastClass < combiningClass) {
      int composed = Compositions.compose(starter, codePoint);
      if (composed >= 0) {
        starter = composed;
        starterChange += change - 1;
        return;
      }
    }
    if (combiningClass == 0) {
      finish();
      start(codePoint, change);
      return;
    }
    if (size == marks.length) {
      marks = Arrays.copyOf(marks, 2 * size);
    }
    marks[size++] = codePoint;
    marks[size++] = change;
    lastClass = combiningClass;
  }

  private void start(int codePoint, int change) {
    starter = codePoint;
    starterChange = change;
    lastClass = 0;
  }

  /** Hands on what is still held. */
  void finish() {
    if (starter != NONE) {
      sink.accept(starter, starterChange);
    }
    for (int i = 0; i < size; i += 2) {
      sink.accept(marks[i], marks[i + 1]);
    }
    size = 0;
    starter = NONE;
  }
}

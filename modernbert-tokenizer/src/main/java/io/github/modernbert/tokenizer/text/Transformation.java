package io.github.modernbert.tokenizer.text;

import io.github.modernbert.tokenizer.unicode.CodePointSink;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Builds the next state of a {@link NormalizedString} from the code points of its changed text.
 *
 * <p>While every code point stands for the one at the same place nothing is stored, so a normalizer
 * that finds nothing to do costs no memory.
 */
public final class Transformation implements CodePointSink {
  private final NormalizedString source;
  private final String old;
  private final int end;
  private int at;
  private boolean same;
  private @Nullable StringBuilder text;
  private int[] starts = {};
  private int[] ends = {};

  /** A change of the whole text. */
  public Transformation(NormalizedString source) {
    this(source, 0);
  }

  /** A change of the whole text before whose first code point {@code removed} ones are dropped. */
  public Transformation(NormalizedString source, int removed) {
    int[] range = source.changeable();
    this.source = source;
    this.old = source.text();
    this.end = range == null ? -1 : range[1];
    begin(range == null ? 0 : range[0], removed);
  }

  Transformation(NormalizedString source, int from, int to, int removed) {
    this.source = source;
    this.old = source.text();
    this.end = to;
    begin(from, removed);
  }

  private void begin(int from, int removed) {
    same = from == 0 && removed == 0;
    at = from;
    if (!same) {
      store(from);
    }
    skip(removed);
  }

  @Override
  public void accept(int codePoint, int change) {
    if (same) {
      if (change == 0 && at < end && old.codePointAt(at) == codePoint) {
        at += Character.charCount(codePoint);
        return;
      }
      same = false;
      store(at);
    }
    int start;
    int stop;
    if (change > 0 && at == 0) {
      start = source.originalStart();
      stop = start;
    } else {
      // The reference panics when there is no character to stand for; the last one is near enough.
      int like = Math.min(change > 0 ? at - 1 : at, old.length() - 1);
      start = like < 0 ? source.originalStart() : source.start(like);
      stop = like < 0 ? source.originalStart() : source.end(like);
    }
    if (change <= 0) {
      skip(1 - change);
    }
    append(codePoint, start, stop);
  }

  /**
   * Takes a stretch of the text as it was for the next characters; it must hold whole code points.
   */
  public void keep(int from, int to) {
    if (same && at == from && to <= end) {
      at = to;
      return;
    }
    for (int i = from, codePoint; i < to; i += Character.charCount(codePoint)) {
      codePoint = old.codePointAt(i);
      accept(codePoint, 0);
    }
  }

  /** The changed string; the same object when nothing was changed. */
  public NormalizedString result() {
    if (end < 0 || (same && at == end)) {
      return source;
    }
    if (same) {
      store(at);
    }
    StringBuilder built = builder();
    int kept = built.length();
    built.append(old, end, old.length());
    int length = built.length();
    reserve(length);
    source.copyRanges(end, old.length(), starts, ends, kept);
    return source.with(
        built.toString(), Arrays.copyOf(starts, length), Arrays.copyOf(ends, length));
  }

  private void skip(int codePoints) {
    for (int i = 0; i < codePoints && at < end; i++) {
      at += Character.charCount(old.codePointAt(at));
    }
  }

  private StringBuilder builder() {
    if (text == null) {
      text = new StringBuilder(old.length());
      starts = new int[Math.max(16, old.length())];
      ends = new int[starts.length];
    }
    return text;
  }

  /** Begins to keep what was passed over so far. */
  private void store(int length) {
    builder().append(old, 0, length);
    source.copyRanges(0, length, starts, ends, 0);
  }

  private void append(int codePoint, int start, int stop) {
    StringBuilder built = builder();
    int from = built.length();
    built.appendCodePoint(codePoint);
    int to = built.length();
    reserve(to);
    for (int i = from; i < to; i++) {
      starts[i] = start;
      ends[i] = stop;
    }
  }

  private void reserve(int length) {
    if (length > starts.length) {
      int larger = Math.max(length, starts.length + (starts.length >> 1) + 16);
      starts = Arrays.copyOf(starts, larger);
      ends = Arrays.copyOf(ends, larger);
    }
  }
}

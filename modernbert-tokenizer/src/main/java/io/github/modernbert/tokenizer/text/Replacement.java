package io.github.modernbert.tokenizer.text;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Builds the next state of a {@link NormalizedString} from stretches that stay and others that are
 * replaced. What replaces a stretch stands for the last character of it.
 */
public final class Replacement {
  private final NormalizedString source;
  private @Nullable StringBuilder text;
  private int[] starts = {};
  private int[] ends = {};
  private int kept;

  /** Nothing is replaced yet. */
  public Replacement(NormalizedString source) {
    this.source = source;
  }

  /** Replaces a stretch behind all those replaced before. */
  public void replace(int from, int to, String content) {
    StringBuilder built = text;
    if (built == null) {
      built = new StringBuilder(source.length() + content.length());
      text = built;
    }
    keep(built, from);
    boolean groundless = to == 0;
    fill(
        built,
        content,
        groundless ? source.originalStart() : source.start(to - 1),
        groundless ? source.originalStart() : source.end(to - 1));
    kept = to;
  }

  /** The changed string; the same object when nothing was replaced. */
  public NormalizedString result() {
    if (text == null) {
      return source;
    }
    keep(text, source.length());
    int length = text.length();
    return source.with(text.toString(), Arrays.copyOf(starts, length), Arrays.copyOf(ends, length));
  }

  private void keep(StringBuilder built, int to) {
    int at = built.length();
    built.append(source.text(), kept, to);
    reserve(built.length());
    source.copyRanges(kept, to, starts, ends, at);
  }

  private void fill(StringBuilder built, String content, int start, int end) {
    int at = built.length();
    built.append(content);
    reserve(built.length());
    Arrays.fill(starts, at, built.length(), start);
    Arrays.fill(ends, at, built.length(), end);
  }

  private void reserve(int length) {
    if (length > starts.length) {
      int larger = Math.max(length, starts.length + (starts.length >> 1));
      starts = Arrays.copyOf(starts, larger);
      ends = Arrays.copyOf(ends, larger);
    }
  }
}

package io.github.modernbert.tokenizer.text;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A text as normalizers and pre-tokenizers have changed it, with the place in the caller's text
 * that each of its characters came from. All offsets are UTF-16 indices; both halves of a surrogate
 * pair carry the range of the whole pair.
 *
 * <p>Immutable. As long as nothing was changed there are no tables: character {@code i} stands for
 * character {@code base + i} of the caller's text.
 */
public final class NormalizedString {
  private final String text;
  private final int base;
  private final int @Nullable [] starts;
  private final int @Nullable [] ends;
  private final int originalStart;
  private final int originalEnd;

  private NormalizedString(
      String text,
      int base,
      int @Nullable [] starts,
      int @Nullable [] ends,
      int originalStart,
      int originalEnd) {
    this.text = text;
    this.base = base;
    this.starts = starts;
    this.ends = ends;
    this.originalStart = originalStart;
    this.originalEnd = originalEnd;
  }

  /** The caller's text itself; it must not hold lone surrogates. */
  public static NormalizedString of(String text) {
    return new NormalizedString(text, 0, null, null, 0, text.length());
  }

  /** This with another text and tables, standing for the same part of the caller's text. */
  NormalizedString with(String changed, int[] changedStarts, int[] changedEnds) {
    return new NormalizedString(changed, 0, changedStarts, changedEnds, originalStart, originalEnd);
  }

  /** The text as it is now. */
  public String text() {
    return text;
  }

  /** Length of {@link #text} in UTF-16 units. */
  public int length() {
    return text.length();
  }

  /** Whether {@link #text} is empty. */
  public boolean isEmpty() {
    return text.isEmpty();
  }

  /** Where the part of the caller's text that this stands for starts. */
  public int originalStart() {
    return originalStart;
  }

  /** Where the part of the caller's text that this stands for ends. */
  public int originalEnd() {
    return originalEnd;
  }

  /** Where the caller's character behind the one at {@code index} starts. */
  public int start(int index) {
    if (starts != null) {
      return starts[index];
    }
    boolean second = Character.isLowSurrogate(text.charAt(index));
    return base + index - (second ? 1 : 0);
  }

  /** Where the caller's character behind the one at {@code index} ends. */
  public int end(int index) {
    if (ends != null) {
      return ends[index];
    }
    boolean first = Character.isHighSurrogate(text.charAt(index));
    return base + index + (first ? 2 : 1);
  }

  /** Copies where the caller's characters behind those of a stretch start and end. */
  void copyRanges(int from, int to, int[] toStarts, int[] toEnds, int at) {
    if (starts != null && ends != null) {
      System.arraycopy(starts, from, toStarts, at, to - from);
      System.arraycopy(ends, from, toEnds, at, to - from);
      return;
    }
    for (int i = from; i < to; i++) {
      toStarts[at + i - from] = start(i);
      toEnds[at + i - from] = end(i);
    }
  }

  /**
   * The part from {@code from} to {@code to}, which must not cut a surrogate pair. It stands for
   * what its first to its last character stand for.
   */
  public NormalizedString slice(int from, int to) {
    if (from >= to) {
      return new NormalizedString("", 0, null, null, from, from);
    }
    int first = start(from);
    int last = end(to - 1);
    boolean whole = from == 0 && to == text.length();
    String part = whole ? text : text.substring(from, to);
    if (starts == null || ends == null) {
      return new NormalizedString(part, base + from, null, null, first, last);
    }
    return new NormalizedString(
        part,
        0,
        whole ? starts : Arrays.copyOfRange(starts, from, to),
        whole ? ends : Arrays.copyOfRange(ends, from, to),
        first,
        last);
  }

  /** Puts {@code prefix} in front of a text that is not empty. */
  public NormalizedString prepend(String prefix) {
    if (text.isEmpty()) {
      return this;
    }
    int first = text.codePointAt(0);
    var change = new Transformation(this, 0, Character.charCount(first), 0);
    for (int i = 0; i < prefix.length(); i += Character.charCount(prefix.codePointAt(i))) {
      change.accept(prefix.codePointAt(i), i == 0 ? 0 : 1);
    }
    change.accept(first, 1);
    return change.result();
  }

  /**
   * The characters that a change of the whole text works on, as the reference finds them: by going
   * from the caller's text to this one, which passes over leading characters that stand for nothing
   * (a pattern that matched the empty start of the text was replaced by them).
   *
   * @return start and end, or null when there are none
   */
  int @Nullable [] changeable() {
    if (starts == null || ends == null) {
      return new int[] {0, text.length()};
    }
    if (originalStart == originalEnd) {
      return new int[] {0, 0};
    }
    int start = -1;
    int end = -1;
    for (int i = 0; i < starts.length && ends[i] <= originalEnd; i++) {
      if (start < 0 && originalStart <= starts[i] && starts[i] != ends[i]) {
        start = i;
      }
      end = i + 1;
    }
    return end < 0 ? null : new int[] {start < 0 ? end : start, end};
  }

  /** Whether some character stands for nothing in the caller's text. */
  public boolean hasGroundless() {
    if (starts == null || ends == null) {
      return false;
    }
    // Ranges never go back, so only leading ones can be empty.
    return starts.length > 0 && starts[0] == ends[0];
  }
}

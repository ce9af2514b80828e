package io.github.modernbert.tokenizer.unicode;

import java.util.Arrays;

/**
 * A set of code points as sorted ranges: immutable, made for building sets from each other. For
 * fast look-ups make a {@link CodePointTable} of it.
 */
public final class CodePointSet {
  /** No code point. */
  public static final CodePointSet NONE = new CodePointSet(new int[0]);

  /** Every code point. */
  public static final CodePointSet ALL = range(0, Character.MAX_CODE_POINT);

  /** Start (inclusive) and end (exclusive) of each range, ascending, never touching. */
  private final int[] bounds;

  private CodePointSet(int[] bounds) {
    this.bounds = bounds;
  }

  /** The code points from {@code first} to {@code last}, both inclusive. */
  public static CodePointSet range(int first, int last) {
    return new CodePointSet(new int[] {first, last + 1});
  }

  /** The given code points. */
  public static CodePointSet of(int... codePoints) {
    int[] sorted = codePoints.clone();
    Arrays.sort(sorted);
    var builder = new Builder(sorted.length);
    for (int codePoint : sorted) {
      builder.add(codePoint, codePoint + 1);
    }
    return builder.build();
  }

  /** Parses ascending hexadecimal ranges, as in {@code 30-39 5F}. */
  public static CodePointSet parse(String ranges) {
    String[] words = ranges.isBlank() ? new String[0] : ranges.strip().split(" ");
    var builder = new Builder(words.length);
    for (String word : words) {
      int dash = word.indexOf('-');
      int first = Integer.parseInt(dash < 0 ? word : word.substring(0, dash), 16);
      int last = dash < 0 ? first : Integer.parseInt(word.substring(dash + 1), 16);
      builder.add(first, last + 1);
    }
    return builder.build();
  }

  /** The code points of this set or of {@code other}. */
  public CodePointSet union(CodePointSet other) {
    var builder = new Builder((bounds.length + other.bounds.length) / 2);
    int mine = 0;
    int theirs = 0;
    while (mine < bounds.length || theirs < other.bounds.length) {
      if (theirs == other.bounds.length
          || mine < bounds.length && bounds[mine] <= other.bounds[theirs]) {
        builder.add(bounds[mine], bounds[mine + 1]);
        mine += 2;
      } else {
        builder.add(other.bounds[theirs], other.bounds[theirs + 1]);
        theirs += 2;
      }
    }
    return builder.build();
  }

  /** The code points that are not in this set. */
  public CodePointSet complement() {
    var builder = new Builder(bounds.length / 2 + 1);
    int at = 0;
    for (int i = 0; i < bounds.length; i += 2) {
      builder.add(at, bounds[i]);
      at = bounds[i + 1];
    }
    builder.add(at, Character.MAX_CODE_POINT + 1);
    return builder.build();
  }

  /** The code points of both this set and {@code other}. */
  public CodePointSet intersection(CodePointSet other) {
    return complement().union(other.complement()).complement();
  }

  /** Whether no code point is in both this set and {@code other}. */
  public boolean isDisjoint(CodePointSet other) {
    return intersection(other).isEmpty();
  }

  /** Whether there is no code point in this set. */
  public boolean isEmpty() {
    return bounds.length == 0;
  }

  /** Whether {@code codePoint} is in this set; takes the logarithm of the number of ranges. */
  public boolean contains(int codePoint) {
    int at = Arrays.binarySearch(bounds, codePoint);
    return ((at >= 0 ? at : -at - 2) & 1) == 0;
  }

  /** The number of ranges. */
  public int rangeCount() {
    return bounds.length / 2;
  }

  /** The first code point of range {@code index}. */
  public int first(int index) {
    return bounds[2 * index];
  }

  /** The last code point of range {@code index}. */
  public int last(int index) {
    return bounds[2 * index + 1] - 1;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CodePointSet set && Arrays.equals(bounds, set.bounds);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bounds);
  }

  /** The ranges as {@link #parse} reads them. */
  @Override
  public String toString() {
    var text = new StringBuilder();
    for (int i = 0; i < rangeCount(); i++) {
      text.append(text.isEmpty() ? "" : " ").append("%X".formatted(first(i)));
      if (first(i) != last(i)) {
        text.append("-%X".formatted(last(i)));
      }
    }
    return text.toString();
  }

  /** Joins ranges that come in ascending order of their starts. */
  private static final class Builder {
    private int[] bounds;
    private int size;

    Builder(int ranges) {
      bounds = new int[2 * ranges];
    }

    void add(int start, int end) {
      if (start >= end) {
        return;
      }
      if (size > 0 && start <= bounds[size - 1]) {
        bounds[size - 1] = Math.max(bounds[size - 1], end);
        return;
      }
      if (size == bounds.length) {
        bounds = Arrays.copyOf(bounds, size + 8);
      }
      bounds[size++] = start;
      bounds[size++] = end;
    }

    CodePointSet build() {
      return new CodePointSet(Arrays.copyOf(bounds, size));
    }
  }
}

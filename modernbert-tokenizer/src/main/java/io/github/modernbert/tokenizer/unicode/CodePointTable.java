package io.github.modernbert.tokenizer.unicode;

import java.util.Arrays;

/** A set of code points as a two-stage bitmap: two array reads for a look-up. Immutable. */
public final class CodePointTable {
  private static final int PAGE_BITS = 8;
  private static final int PAGE_WORDS = (1 << PAGE_BITS) / Long.SIZE;

  /** For each page of 256 code points, where its words start in {@link #words}. */
  private final char[] pages;

  private final long[] words;

  /** Whether the code points behind the last page, which are all alike, are in the set. */
  private final boolean beyond;

  /** The table of a set. */
  public CodePointTable(CodePointSet set) {
    int ranges = set.rangeCount();
    beyond = ranges > 0 && set.last(ranges - 1) == Character.MAX_CODE_POINT;
    int end = ranges == 0 ? 0 : beyond ? set.first(ranges - 1) : set.last(ranges - 1) + 1;
    pages = new char[(end + (1 << PAGE_BITS) - 1) >>> PAGE_BITS];
    long[] found = new long[PAGE_WORDS * (pages.length + 1)];
    int used = 0;
    int range = 0;
    for (int page = 0; page < pages.length; page++) {
      int from = page << PAGE_BITS;
      long[] bits = new long[PAGE_WORDS];
      while (range < ranges && set.first(range) < from + (1 << PAGE_BITS)) {
        int last = Math.min(set.last(range) - from, (1 << PAGE_BITS) - 1);
        for (int i = Math.max(set.first(range) - from, 0); i <= last; i++) {
          bits[i >>> 6] |= 1L << i;
        }
        if (set.last(range) >= from + (1 << PAGE_BITS)) {
          break;
        }
        range++;
      }
      int at = indexOf(found, used, bits);
      if (at == used) {
        System.arraycopy(bits, 0, found, used, PAGE_WORDS);
        used += PAGE_WORDS;
      }
      pages[page] = (char) at;
    }
    words = Arrays.copyOf(found, used);
  }

  private static int indexOf(long[] words, int used, long[] page) {
    for (int at = 0; at < used; at += PAGE_WORDS) {
      if (Arrays.equals(words, at, at + PAGE_WORDS, page, 0, PAGE_WORDS)) {
        return at;
      }
    }
    return used;
  }

  /** Whether {@code codePoint} is in the set. */
  public boolean contains(int codePoint) {
    int page = codePoint >>> PAGE_BITS;
    if (page >= pages.length) {
      return beyond;
    }
    int word = pages[page] + (codePoint >>> 6 & PAGE_WORDS - 1);
    return (words[word] >>> codePoint & 1) != 0;
  }

  /**
   * Where {@code count} code points of the set end that stand one behind the other from {@code at};
   * −1 when there are fewer.
   */
  public int span(String text, int at, int end, int count) {
    return span(text, at, end, count, count);
  }

  /**
   * Where the code points of the set end that stand one behind the other from {@code at}, {@code
   * max} at most; −1 when there are fewer than {@code min}.
   */
  public int span(String text, int at, int end, int min, int max) {
    int place = at;
    int count = 0;
    while (place < end && count < max) {
      int c = text.charAt(place);
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        c = codePointAt(text, place, end);
      }
      if (!contains(c)) {
        break;
      }
      place += c > Character.MAX_VALUE ? 2 : 1;
      count++;
    }
    return count < min ? -1 : place;
  }

  /**
   * The first place from {@code at} with a code point of the set; {@code end} when there is none.
   */
  public int seek(String text, int at, int end) {
    int place = at;
    while (place < end) {
      int c = codePointAt(text, place, end);
      if (contains(c)) {
        return place;
      }
      place += c > Character.MAX_VALUE ? 2 : 1;
    }
    return end;
  }

  /** The code point at {@code at}, where nothing from {@code end} on is looked at. */
  private static int codePointAt(String text, int at, int end) {
    return at + 1 < end ? text.codePointAt(at) : text.charAt(at);
  }
}

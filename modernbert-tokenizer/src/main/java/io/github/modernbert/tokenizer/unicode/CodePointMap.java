package io.github.modernbert.tokenizer.unicode;

import java.util.Arrays;

/**
 * An int for every code point, 0 for most, in pages of 128. Filled by its owner, then only read.
 */
final class CodePointMap {
  private static final int PAGE_BITS = 7;
  private static final int PAGE = 1 << PAGE_BITS;

  /** Page 0 of {@link #values} is the one that is all 0. */
  private final char[] pages = new char[(Character.MAX_CODE_POINT >>> PAGE_BITS) + 1];

  private int[] values = new int[8 * PAGE];
  private int used = PAGE;

  /** The value of {@code codePoint}. */
  int get(int codePoint) {
    return values[(pages[codePoint >>> PAGE_BITS] << PAGE_BITS) + (codePoint & PAGE - 1)];
  }

  /** Sets the value of {@code codePoint}. */
  void put(int codePoint, int value) {
    int page = codePoint >>> PAGE_BITS;
    if (pages[page] == 0) {
      if (used == values.length) {
        values = Arrays.copyOf(values, used + used / 2 / PAGE * PAGE);
      }
      pages[page] = (char) (used >>> PAGE_BITS);
      used += PAGE;
    }
    values[(pages[page] << PAGE_BITS) + (codePoint & PAGE - 1)] = value;
  }

  /** Sets the value of every code point of {@code set}. */
  void putAll(CodePointSet set, int value) {
    for (int range = 0; range < set.rangeCount(); range++) {
      for (int codePoint = set.first(range); codePoint <= set.last(range); codePoint++) {
        put(codePoint, value);
      }
    }
  }
}

package io.github.modernbert.tokenizer.model;

import java.util.concurrent.ThreadLocalRandom;

/**
 * The merges: from the ids of two neighbours to rank and joined id. Open addressing in one array,
 * because looking up pairs is most of the work of a tokenizer.
 */
final class MergeTable {
  /** The rank of pairs that never merge. */
  static final int NONE = Integer.MAX_VALUE;

  private static final long FREE = -1;

  /**
   * A random odd factor makes multiply-shift hashing universal, so that no file can be written
   * whose merges all fall into one slot.
   */
  private final long factor = ThreadLocalRandom.current().nextLong() | 1;

  private final long[] slots;
  private final int mask;
  private final int shift;
  private final int[] joined;

  /**
   * The merges in the order of their ranks; of equal pairs the last one counts.
   *
   * @param left the ids of the left parts
   * @param right the ids of the right parts
   * @param joined the ids of the results
   */
  MergeTable(int[] left, int[] right, int[] joined) {
    this.joined = joined;
    int size = Integer.highestOneBit(Math.max(4, joined.length)) * 4;
    mask = size - 1;
    shift = Long.numberOfLeadingZeros(mask);
    slots = new long[2 * size];
    java.util.Arrays.fill(slots, FREE);
    for (int rank = 0; rank < joined.length; rank++) {
      long pair = pair(left[rank], right[rank]);
      int slot = slot(pair);
      slots[slot] = pair;
      slots[slot + 1] = rank;
    }
  }

  /** The rank of a pair, or {@link #NONE}. */
  int rank(int left, int right) {
    int slot = slot(pair(left, right));
    return slots[slot] == FREE ? NONE : (int) slots[slot + 1];
  }

  /** The id that a merge makes. */
  int joined(int rank) {
    return joined[rank];
  }

  /** The slot that holds the pair, or the free one where it would stand. */
  private int slot(long pair) {
    int at = (int) (pair * factor >>> shift);
    while (slots[2 * at] != pair && slots[2 * at] != FREE) {
      at = (at + 1) & mask;
    }
    return 2 * at;
  }

  private static long pair(int left, int right) {
    return (long) left << 32 | right;
  }
}

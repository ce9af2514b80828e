package io.github.modernbert.tokenizer.model;

import java.util.Arrays;

/** The symbols of one word, merged by rank. Reused from word to word within a call. */
final class Symbols {
  /** The greatest number of symbols for which the best merge is found by a linear search. */
  private static final int SHORT = 40;

  private final MergeTable merges;
  private final boolean exactQueue;
  private int size;
  private int[] ids = new int[SHORT];
  private int[] lengths = new int[SHORT];
  private int[] ranks = new int[SHORT];

  /**
   * An empty list of symbols.
   *
   * @param merges the merges
   * @param exactQueue whether the outcome may depend on what the reference's queue still holds of
   *     merges that are no longer there: only if two merges with the same result can follow each
   *     other at one place, which takes an odd vocabulary
   */
  Symbols(MergeTable merges, boolean exactQueue) {
    this.merges = merges;
    this.exactQueue = exactQueue;
  }

  void clear() {
    size = 0;
  }

  void add(int id, int bytes) {
    if (size == ids.length) {
      int larger = 2 * size;
      ids = Arrays.copyOf(ids, larger);
      lengths = Arrays.copyOf(lengths, larger);
    }
    ids[size] = id;
    lengths[size++] = bytes;
  }

  int size() {
    return size;
  }

  int id(int symbol) {
    return ids[symbol];
  }

  /** How many bytes of the word a symbol covers. */
  int bytes(int symbol) {
    return lengths[symbol];
  }

  /** Merges until no two neighbours merge any more. */
  void merge() {
    if (size <= SHORT && !exactQueue) {
      mergeShort();
    } else {
      size = new MergeQueue(merges, ids, lengths, size).merge();
    }
  }

  private void mergeShort() {
    int last = size - 1;
    for (int i = 0; i < last; i++) {
      ranks[i] = merges.rank(ids[i], ids[i + 1]);
    }
    while (last > 0) {
      int best = 0;
      for (int i = 1; i < last; i++) {
        if (ranks[i] < ranks[best]) {
          best = i;
        }
      }
      if (ranks[best] == MergeTable.NONE) {
        break;
      }
      ids[best] = merges.joined(ranks[best]);
      lengths[best] += lengths[best + 1];
      for (int i = best + 1; i < last; i++) {
        ids[i] = ids[i + 1];
        lengths[i] = lengths[i + 1];
        ranks[i - 1] = ranks[i];
      }
      last--;
      if (best > 0) {
        ranks[best - 1] = merges.rank(ids[best - 1], ids[best]);
      }
      if (best < last) {
        ranks[best] = merges.rank(ids[best], ids[best + 1]);
      }
    }
    size = last + 1;
  }
}

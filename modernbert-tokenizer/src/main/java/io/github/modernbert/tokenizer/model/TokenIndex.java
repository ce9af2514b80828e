package io.github.modernbert.tokenizer.model;

import io.github.modernbert.tokenizer.text.ByteStrings;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds the places of strings in a list, by their bytes. Open addressing in one array: a hash and a
 * place in each slot. Immutable.
 *
 * <p>The hash is the polynomial of the bytes at a random point, modulo the prime 2^31 − 1. Two
 * strings of at most n bytes have the same one for at most n points, so no file can be written that
 * is slow to look up (Carter and Wegman, 1979).
 */
final class TokenIndex {
  /** The place of a string that is not in the list. */
  static final int NONE = -1;

  private static final long PRIME = Integer.MAX_VALUE;

  /** Below this, products with hashes that are not quite reduced fit into a long. */
  private static final long LARGEST_POINT = 1 << 30;

  private static final long FREE = 0;

  private final long point = ThreadLocalRandom.current().nextLong(256, LARGEST_POINT);
  private final long factor = ThreadLocalRandom.current().nextLong() | 1;
  private final ByteStrings strings;
  private final long[] slots;
  private final int shift;

  /** Places of strings that stand in the list again, behind. */
  private final BitSet superseded = new BitSet();

  TokenIndex(ByteStrings strings) {
    this.strings = strings;
    int size = Integer.highestOneBit(Math.max(4, strings.size())) * 4;
    slots = new long[size];
    shift = Long.numberOfLeadingZeros(size - 1);
    for (int place = 0; place < strings.size(); place++) {
      long hash = hash(strings.bytes(), strings.start(place), strings.end(place));
      int slot = slot(hash, strings.bytes(), strings.start(place), strings.end(place));
      if (slots[slot] != FREE) {
        superseded.set(place(slots[slot]));
      }
      slots[slot] = hash << Integer.SIZE | (place + 1);
    }
  }

  /** The place of a string, the last one if it has several, or {@link #NONE}. */
  int find(byte[] bytes, int from, int to) {
    return place(slots[slot(hash(bytes, from, to), bytes, from, to)]);
  }

  /** Whether a string of the list does not stand in it again, behind. */
  boolean isLast(int place) {
    return !superseded.get(place);
  }

  /** How many different strings there are. */
  int distinct() {
    return strings.size() - superseded.cardinality();
  }

  private static int place(long slot) {
    return (int) slot - 1;
  }

  /** The slot that holds the string, or the free one where it would stand. */
  private int slot(long hash, byte[] bytes, int from, int to) {
    int mask = slots.length - 1;
    int at = (int) (hash * factor >>> shift);
    while (slots[at] != FREE
        && !(slots[at] >>> Integer.SIZE == hash && isAt(place(slots[at]), bytes, from, to))) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private boolean isAt(int place, byte[] bytes, int from, int to) {
    return Arrays.equals(
        strings.bytes(), strings.start(place), strings.end(place), bytes, from, to);
  }

  private long hash(byte[] bytes, int from, int to) {
    long hash = 0;
    for (int i = from; i < to; i++) {
      // Bytes from 1 on, so that strings of zeros differ by their lengths.
      hash = hash * point + (bytes[i] & 0xFF) + 1;
      hash = (hash & PRIME) + (hash >>> Integer.SIZE - 1);
    }
    return hash < PRIME ? hash : hash - PRIME;
  }
}

package io.github.modernbert.tokenizer.text;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A trie of strings over UTF-16 units, each with a value. Walk it from {@link #ROOT} with {@link
 * #child}. Safe for use by several threads once nothing is added any more.
 *
 * <p>All edges lie in one hash table of longs, an edge in each: the node it starts from, its
 * character, the node it leads to. So a step is one memory access, and a vocabulary of 50,000
 * tokens takes 2 MB. The first step of each walk, which is made most often, is a look into a table
 * of its own.
 */
public final class Trie {
  /** The node of the empty string. */
  public static final int ROOT = 0;

  /** The value or node that does not exist. */
  public static final int NONE = -1;

  private static final int NODE_BITS = 24;
  private static final int MAX_NODES = 1 << NODE_BITS;
  private static final long NODE_MASK = MAX_NODES - 1;
  private static final int CHAR_BITS = 16;

  /** No edge: none leads to the root. */
  private static final long FREE = 0;

  /**
   * A random odd factor makes multiply-shift hashing universal, so that no file can be written
   * whose edges all fall into one slot.
   */
  private final long factor = ThreadLocalRandom.current().nextLong() | 1;

  private int[] firsts = {};
  private long[] edges = new long[64];
  private int shift = Long.SIZE - 6;
  private int[] values = new int[32];
  private int nodes = 1;
  private int longest;

  /** An empty trie. */
  public Trie() {
    Arrays.fill(values, NONE);
  }

  /**
   * Adds a string; of equal ones the value added last counts.
   *
   * @throws IllegalArgumentException if the strings have more than 16 million different beginnings
   */
  public void add(String string, int value) {
    int node = ROOT;
    for (int i = 0; i < string.length(); i++) {
      node = childOrNew(node, string.charAt(i));
    }
    values[node] = value;
    longest = Math.max(longest, string.length());
  }

  /** The node behind the root for a character, or {@link #NONE}. */
  public int first(char c) {
    return c < firsts.length ? firsts[c] : NONE;
  }

  /** The node behind {@code node} for a character, or {@link #NONE}. */
  public int child(int node, char c) {
    long edge = edges[slot(key(node, c))];
    return edge == FREE ? NONE : (int) (edge & NODE_MASK);
  }

  /** The node of a string, or {@link #NONE} if no string of the trie begins with it. */
  public int node(String string) {
    int node = ROOT;
    for (int i = 0; i < string.length() && node != NONE; i++) {
      node = child(node, string.charAt(i));
    }
    return node;
  }

  /** The value of the string that ends at a node, or {@link #NONE}. */
  public int value(int node) {
    return values[node];
  }

  /** The length of the longest string in UTF-16 units. */
  public int longest() {
    return longest;
  }

  private int childOrNew(int node, char c) {
    long key = key(node, c);
    int slot = slot(key);
    if (edges[slot] != FREE) {
      return (int) (edges[slot] & NODE_MASK);
    }
    if (nodes == MAX_NODES) {
      throw new IllegalArgumentException(
          "the tokens have more than %,d different beginnings".formatted(MAX_NODES));
    }
    edges[slot] = key << NODE_BITS | nodes;
    if (node == ROOT) {
      addFirst(c);
    }
    if (nodes == values.length) {
      values = Arrays.copyOf(values, 2 * nodes);
      Arrays.fill(values, nodes, values.length, NONE);
    }
    if (2 * nodes >= edges.length) {
      grow();
    }
    return nodes++;
  }

  private void addFirst(char c) {
    if (c >= firsts.length) {
      int old = firsts.length;
      firsts = Arrays.copyOf(firsts, Math.min(2 * c + 1, Character.MAX_VALUE + 1));
      Arrays.fill(firsts, old, firsts.length, NONE);
    }
    firsts[c] = nodes;
  }

  private void grow() {
    long[] old = edges;
    edges = new long[2 * old.length];
    shift--;
    for (long edge : old) {
      if (edge != FREE) {
        edges[slot(edge >>> NODE_BITS)] = edge;
      }
    }
  }

  /** The slot that holds the edge, or the free one where it would stand. */
  private int slot(long key) {
    int mask = edges.length - 1;
    int at = (int) (key * factor >>> shift);
    while (edges[at] != FREE && edges[at] >>> NODE_BITS != key) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private static long key(int node, char c) {
    return (long) node << CHAR_BITS | c;
  }
}

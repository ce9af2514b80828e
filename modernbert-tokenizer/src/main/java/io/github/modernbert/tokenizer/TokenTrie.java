package io.github.modernbert.tokenizer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Finds the longest of some tokens that starts at a place of a text. Immutable once built. */
final class TokenTrie {
  private static final int NONE = -1;

  /** By node and character, the node behind it. */
  private final Map<Long, Integer> next = new HashMap<>();

  private final boolean[] canStart = new boolean[Character.MAX_VALUE + 1];
  private int[] ids = {NONE};
  private int nodes = 1;

  /** Adds a token; of equal ones the one added last counts. */
  void add(String token, int id) {
    // The reference finds an empty token between all bytes, and panics inside a character.
    if (token.isEmpty()) {
      return;
    }
    canStart[token.charAt(0)] = true;
    int node = 0;
    for (int i = 0; i < token.length(); i++) {
      Integer known = next.putIfAbsent(edge(node, token.charAt(i)), nodes);
      node = known == null ? nodes++ : known;
      if (nodes > ids.length) {
        int size = ids.length;
        ids = Arrays.copyOf(ids, 2 * size + 16);
        Arrays.fill(ids, size, ids.length, NONE);
      }
    }
    ids[node] = id;
  }

  boolean isEmpty() {
    return nodes == 1;
  }

  /**
   * The first place at {@code from} or behind where a token may start; the end if there is none.
   */
  int candidate(String text, int from) {
    int at = from;
    while (at < text.length() && !canStart[text.charAt(at)]) {
      at++;
    }
    return at;
  }

  /**
   * The longest token at a place, as its id and its end in one: {@code (long) id << 32 | end}, or
   * −1 if there is none.
   */
  long longest(String text, int at) {
    long found = -1;
    Integer node = 0;
    for (int i = at; i < text.length(); i++) {
      node = next.get(edge(node, text.charAt(i)));
      if (node == null) {
        break;
      }
      if (ids[node] != NONE) {
        found = (long) ids[node] << 32 | (i + 1);
      }
    }
    return found;
  }

  private static long edge(int node, char c) {
    return (long) node << 16 | c;
  }
}

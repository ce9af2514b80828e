package io.github.modernbert.tokenizer;

import io.github.modernbert.tokenizer.text.Trie;

/** Finds the longest of some tokens that starts at a place of a text. Immutable once built. */
final class TokenTrie {
  private final Trie trie = new Trie();
  private final boolean[] canStart = new boolean[Character.MAX_VALUE + 1];
  private boolean empty = true;

  /** Adds a token; of equal ones the one added last counts. */
  void add(String token, int id) {
    // The reference finds an empty token between all bytes, and panics inside a character.
    if (token.isEmpty()) {
      return;
    }
    empty = false;
    canStart[token.charAt(0)] = true;
    trie.add(token, id);
  }

  boolean isEmpty() {
    return empty;
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
    int node = Trie.ROOT;
    for (int i = at; i < text.length(); i++) {
      node = trie.child(node, text.charAt(i));
      if (node == Trie.NONE) {
        break;
      }
      if (trie.value(node) != Trie.NONE) {
        found = (long) trie.value(node) << 32 | (i + 1);
      }
    }
    return found;
  }
}

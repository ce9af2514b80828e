package io.github.modernbert.tokenizer.model;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.json.Fields;
import io.github.modernbert.tokenizer.json.VocabularyEntries;
import io.github.modernbert.tokenizer.text.IntList;
import io.github.modernbert.tokenizer.text.NormalizedString;
import io.github.modernbert.tokenizer.text.Trie;

/**
 * The WordPiece model of BERT: a word is cut into the longest tokens from left to right; tokens
 * that continue a word have a prefix. A word that cannot be cut so is unknown as a whole.
 */
final class WordPiece implements Model {
  private final Vocabulary vocabulary;
  private final UnknownToken unknown;
  private final String prefix;
  private final int maxWordLength;

  /** Whether several tokens share an id, so that an id does not determine its token. */
  private final boolean hasSharedIds;

  private final Trie trie;

  /** The node of the trie at which tokens that continue a word start. */
  private final int continuation;

  /**
   * A model of a vocabulary.
   *
   * @param prefix what tokens that go on in a word start with
   * @param maxWordLength the most characters of a word that is not unknown
   * @param trie an empty trie for the tokens
   * @throws IllegalArgumentException if there are too many tokens for the trie
   */
  WordPiece(
      Vocabulary vocabulary, UnknownToken unknown, String prefix, int maxWordLength, Trie trie) {
    this.vocabulary = vocabulary;
    this.unknown = unknown;
    this.prefix = prefix;
    this.maxWordLength = maxWordLength;
    hasSharedIds = !vocabulary.isOneToOne();
    this.trie = trie;
    vocabulary.forEach(trie::add);
    continuation = trie.node(prefix);
  }

  static WordPiece read(Json json, VocabularyEntries.WithIds entries) {
    Vocabulary vocabulary = Vocabulary.of(entries);
    try {
      return new WordPiece(
          vocabulary,
          UnknownToken.of(json, json.get("unk_token"), vocabulary),
          Fields.string(json.get("continuing_subword_prefix")),
          Fields.naturalOrMore(json.get("max_input_chars_per_word")),
          new Trie());
    } catch (IllegalArgumentException e) {
      throw Fields.error(json, "vocab", String.valueOf(e.getMessage()));
    }
  }

  @Override
  public String continuingSubwordPrefix() {
    return prefix;
  }

  @Override
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  @Override
  public ModelSession session(String text, TokenBuffer out) {
    return new Session(out);
  }

  /** Tokenizes one text. */
  final class Session implements ModelSession {
    private final TokenBuffer out;
    private long steps;

    /** The ids of a word's tokens. */
    private final IntList ids = new IntList(16);

    /** Where each of them ends. */
    private final IntList ends = new IntList(16);

    Session(TokenBuffer out) {
      this.out = out;
    }

    @Override
    public void characters(NormalizedString string, int from, int to) {
      if (cut(string.text(), from, to)) {
        int start = from;
        for (int i = 0; i < ids.size(); i++) {
          int end = ends.get(i);
          if (hasSharedIds) {
            String token = (start == from ? "" : prefix) + string.text().substring(start, end);
            out.addSpelled(ids.get(i), string.start(start), string.end(end - 1), token);
          } else {
            out.add(ids.get(i), string.start(start), string.end(end - 1));
          }
          start = end;
        }
      } else {
        out.add(unknown.id(), string.start(from), string.end(to - 1));
      }
    }

    private boolean cut(String text, int from, int to) {
      ids.clear();
      ends.clear();
      if (isTooLong(text, from, to)) {
        return false;
      }
      for (int at = from; at < to; ) {
        int node = at == from ? Trie.ROOT : continuation;
        int id = Trie.NONE;
        int end = at;
        for (int i = at; i < to && node != Trie.NONE; ) {
          steps++;
          node = trie.child(node, text.charAt(i++));
          if (node != Trie.NONE && trie.value(node) != Trie.NONE) {
            id = trie.value(node);
            end = i;
          }
        }
        if (id == Trie.NONE) {
          return false;
        }
        ids.add(id);
        ends.add(end);
        at = end;
      }
      return true;
    }

    /** The steps through the trie so far. */
    long steps() {
      return steps;
    }

    private boolean isTooLong(String text, int from, int to) {
      int units = to - from;
      return units > maxWordLength
          && (units > 2L * maxWordLength || text.codePointCount(from, to) > maxWordLength);
    }
  }
}

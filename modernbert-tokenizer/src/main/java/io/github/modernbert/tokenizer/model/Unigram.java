package io.github.modernbert.tokenizer.model;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.tokenizer.json.Fields;
import io.github.modernbert.tokenizer.json.VocabularyEntries;
import io.github.modernbert.tokenizer.text.Trie;
import org.jspecify.annotations.Nullable;

/**
 * The unigram model of SentencePiece (Kudo, arXiv:1804.10959): of all segmentations of a word into
 * tokens, the one with the largest sum of scores. Characters without a token count as unknown, with
 * a score below all others; those that follow each other become one unknown token.
 */
final class Unigram implements Model {
  private static final double UNKNOWN_PENALTY = 10;

  final double[] scores;
  final Trie trie;
  final double unknownScore;
  private final Vocabulary vocabulary;
  private final int[] lengths;
  private final Json json;
  private final int unknownId;
  private final int @Nullable [] fallbackIds;

  /**
   * A model of the entries.
   *
   * @param json the model without its vocabulary
   * @param trie an empty trie for the tokens
   * @throws IllegalArgumentException if there are too many tokens for the trie
   */
  Unigram(Json json, VocabularyEntries.WithScores entries, Trie trie) {
    this.json = json;
    this.trie = trie;
    scores = entries.scores();
    vocabulary = Vocabulary.of(entries);
    lengths = new int[scores.length];
    double lowest = Double.POSITIVE_INFINITY;
    for (int id = 0; id < scores.length; id++) {
      String token = entries.tokens().get(id);
      trie.add(token, id);
      lengths[id] = token.length();
      lowest = Math.min(lowest, scores[id]);
    }
    unknownScore = lowest - UNKNOWN_PENALTY;
    unknownId = json.find("unk_id").map(this::unknownId).orElse(Vocabulary.NONE);
    boolean fallsBack = json.member("byte_fallback").map(Json::bool).orElse(false);
    fallbackIds = fallsBack ? vocabulary.idsOfBytes() : null;
  }

  static Unigram read(Json json, VocabularyEntries.WithScores entries) {
    try {
      return new Unigram(json, entries, new Trie());
    } catch (IllegalArgumentException e) {
      throw Fields.error(json, "vocab", String.valueOf(e.getMessage()));
    }
  }

  private int unknownId(Json value) {
    int id = Fields.natural(value);
    if (id >= scores.length) {
      throw value.mismatch("the place of one of the " + scores.length + " tokens");
    }
    return id;
  }

  @Override
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  @Override
  public ModelSession session(String text, TokenBuffer out) {
    return new UnigramSession(this, out);
  }

  /** The length of a token in UTF-16 units. */
  int length(int id) {
    return lengths[id];
  }

  /** Whether {@code id} is that of the unknown token. */
  boolean isUnknown(int id) {
    return id == unknownId;
  }

  /**
   * The id of the unknown token.
   *
   * @throws ModelFileException if the model has none
   */
  int unknownId() {
    if (unknownId == Vocabulary.NONE) {
      throw json.error("the text has a character without a token, but there is no unk_id");
    }
    return unknownId;
  }

  /** Whether unknown characters are encoded as tokens of their bytes. */
  boolean hasByteFallback() {
    return fallbackIds != null;
  }

  /** The id of a byte's token, or {@link Vocabulary#NONE}. */
  int fallbackId(int value) {
    return fallbackIds == null ? Vocabulary.NONE : fallbackIds[value];
  }
}

package io.github.modernbert.tokenizer.model;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.tokenizer.json.Fields;
import io.github.modernbert.tokenizer.json.MergeEntries;
import io.github.modernbert.tokenizer.json.VocabularyEntries;
import io.github.modernbert.tokenizer.text.ByteAlphabet;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Byte pair encoding (Sennrich et al., arXiv:1508.07909): the characters of a word are merged into
 * tokens, in the order of the ranks of the merges.
 */
final class Bpe implements Model {
  /** The value for characters without a token. */
  static final int NONE = Vocabulary.NONE;

  final Vocabulary vocabulary;
  final MergeTable merges;
  final String prefix;
  final String suffix;
  final boolean fuseUnk;
  final boolean ignoreMerges;
  final boolean exactQueue;

  /** The ids of the characters of the byte alphabet, or null where they depend on their place. */
  final int @Nullable [] byteIds;

  private final @Nullable UnknownToken unknown;
  private final CharacterIds[] characterIds;
  private final int @Nullable [] fallbackIds;

  private Bpe(Json json, Vocabulary vocabulary, MergeEntries entries) {
    this.vocabulary = vocabulary;
    prefix = affix(json, "continuing_subword_prefix");
    suffix = affix(json, "end_of_word_suffix");
    Optional<Json> unknownToken = json.find("unk_token");
    unknown =
        unknownToken.isPresent() ? UnknownToken.of(json, unknownToken.get(), vocabulary) : null;
    fuseUnk = Fields.flag(json, "fuse_unk", false);
    ignoreMerges = Fields.flag(json, "ignore_merges", false);
    merges = new MergesReader(json, vocabulary, prefix).read(entries);
    exactQueue = !prefix.isEmpty() || !vocabulary.isOneToOne();
    boolean hasAffixes = !prefix.isEmpty() || !suffix.isEmpty();
    var plain = new CharacterIds(vocabulary, "", "");
    characterIds =
        new CharacterIds[] {
          plain,
          hasAffixes ? new CharacterIds(vocabulary, prefix, "") : plain,
          hasAffixes ? new CharacterIds(vocabulary, "", suffix) : plain,
          hasAffixes ? new CharacterIds(vocabulary, prefix, suffix) : plain
        };
    byteIds = hasAffixes ? null : byteIds(plain);
    fallbackIds = Fields.flag(json, "byte_fallback", false) ? vocabulary.idsOfBytes() : null;
  }

  private static String affix(Json json, String key) {
    Optional<Json> affix = json.find(key);
    return affix.isPresent() ? Fields.string(affix.get()) : "";
  }

  /** Reads the model; dropout is refused. */
  static Bpe read(Json json, VocabularyEntries.WithIds vocabulary, Optional<MergeEntries> merges) {
    Optional<Json> dropout = json.find("dropout");
    if (dropout.isPresent() && dropout.get().number() != 0) {
      throw dropout.get().mismatch("no dropout or 0, since encoding must not be random");
    }
    Vocabulary known = Vocabulary.of(vocabulary);
    if (merges.isEmpty()) {
      throw json.get("merges").mismatch("an array of merges");
    }
    return new Bpe(json, known, merges.get());
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
    return new BpeSession(this, text, out);
  }

  /** The id of a character at its place in a word, or {@link #NONE}. */
  int characterId(int codePoint, boolean isFirst, boolean isLast) {
    return characterIds[(isFirst ? 0 : 1) + (isLast ? 2 : 0)].get(codePoint);
  }

  /** Whether unknown characters are encoded as tokens of their bytes. */
  boolean hasByteFallback() {
    return fallbackIds != null;
  }

  /** The id of a byte's fallback token, or {@link #NONE}. */
  int fallbackId(int value) {
    return fallbackIds == null ? NONE : fallbackIds[value];
  }

  /** Whether unknown characters become a token; otherwise they are dropped. */
  boolean hasUnknownToken() {
    return unknown != null;
  }

  /**
   * The id of the unknown token.
   *
   * @throws ModelFileException if the vocabulary lacks it
   */
  int unknownId() {
    return Objects.requireNonNull(unknown, "unknown token").id();
  }

  private static int[] byteIds(CharacterIds characters) {
    var ids = new int[256];
    for (int value = 0; value < ids.length; value++) {
      ids[value] = characters.get(ByteAlphabet.character(value));
    }
    return ids;
  }
}

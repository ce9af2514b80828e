package io.github.modernbert.tokenizer.model;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.tokenizer.json.Fields;
import io.github.modernbert.tokenizer.text.ByteAlphabet;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A byte pair encoding model. Immutable; each call tokenizes with a {@link BpeSession} of its own.
 */
public final class Bpe {
  /** What there is no token for. */
  static final int NONE = CharacterIds.NONE;

  final Vocabulary vocabulary;
  final MergeTable merges;
  final String prefix;
  final String suffix;
  final boolean fuseUnk;
  final boolean ignoreMerges;
  final boolean exactQueue;

  /** The ids of the characters of the byte alphabet, or null where they depend on their place. */
  final int @Nullable [] byteIds;

  private final Json json;
  private final @Nullable String unkToken;
  private final CharacterIds[] characterIds;
  private final int @Nullable [] fallbackIds;

  private Bpe(Json json) {
    this.json = json;
    vocabulary = Vocabulary.read(json.get("vocab"));
    prefix = json.find("continuing_subword_prefix").map(Fields::string).orElse("");
    suffix = json.find("end_of_word_suffix").map(Fields::string).orElse("");
    unkToken = json.find("unk_token").map(Fields::string).orElse(null);
    fuseUnk = Fields.flag(json, "fuse_unk", false);
    ignoreMerges = Fields.flag(json, "ignore_merges", false);
    merges = MergesReader.read(json.get("merges"), vocabulary, prefix);
    exactQueue = !prefix.isEmpty() || !vocabulary.isOneToOne();
    characterIds =
        new CharacterIds[] {
          new CharacterIds(vocabulary, "", ""),
          new CharacterIds(vocabulary, prefix, ""),
          new CharacterIds(vocabulary, "", suffix),
          new CharacterIds(vocabulary, prefix, suffix)
        };
    byteIds = prefix.isEmpty() && suffix.isEmpty() ? byteIds(characterIds[0]) : null;
    fallbackIds = Fields.flag(json, "byte_fallback", false) ? fallbackIds(vocabulary) : null;
  }

  /** Reads {@code model}; anything but BPE without dropout is refused. */
  public static Bpe read(Json json) {
    String type = Fields.type(json).orElse("BPE");
    switch (type) {
      case "BPE" -> {}
      case "WordPiece", "WordLevel", "Unigram" ->
          throw json.error("model '" + type + "' is not supported, only BPE is");
      default -> throw json.error("unknown model '" + type + "'");
    }
    json.find("dropout")
        .filter(dropout -> dropout.number() != 0)
        .ifPresent(dropout -> {
          throw dropout.mismatch("no dropout or 0, since encoding must not be random");
        });
    return new Bpe(json);
  }

  /** The tokens and their ids. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /** The id of a character at its place in a word, or {@link #NONE}. */
  int characterId(int codePoint, boolean isFirst, boolean isLast) {
    return characterIds[(isFirst ? 0 : 1) + (isLast ? 2 : 0)].get(codePoint);
  }

  /** Whether bytes of unknown characters shall be tried. */
  boolean hasByteFallback() {
    return fallbackIds != null;
  }

  /** The id of a byte's fallback token, or {@link #NONE}. */
  int fallbackId(int value) {
    return fallbackIds == null ? NONE : fallbackIds[value];
  }

  /** Whether unknown characters become a token; otherwise they are dropped. */
  boolean hasUnknownToken() {
    return unkToken != null;
  }

  /**
   * The id of the unknown token.
   *
   * @throws ModelFileException if the vocabulary lacks it, which matters only now
   */
  int unknownId() {
    int id = unkToken == null ? NONE : vocabulary.id(unkToken);
    if (id == NONE) {
      throw json.error("unk_token '" + unkToken + "' is not in the vocabulary but is needed");
    }
    return id;
  }

  private static int[] byteIds(CharacterIds characters) {
    var ids = new int[256];
    Arrays.setAll(ids, value -> characters.get(ByteAlphabet.character(value)));
    return ids;
  }

  private static int[] fallbackIds(Vocabulary vocabulary) {
    var ids = new int[256];
    Arrays.setAll(ids, value -> vocabulary.id("<0x%02X>".formatted(value)));
    return ids;
  }
}

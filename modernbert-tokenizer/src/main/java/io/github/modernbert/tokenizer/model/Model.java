package io.github.modernbert.tokenizer.model;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.tokenizer.json.Fields;
import io.github.modernbert.tokenizer.json.TokenizerJson;
import io.github.modernbert.tokenizer.json.VocabularyEntries;

/**
 * Turns words into tokens. Immutable; each call tokenizes with a {@link ModelSession} of its own.
 */
public sealed interface Model permits Bpe, Unigram, WordLevel, WordPiece {
  /** The tokens and their ids. */
  Vocabulary vocabulary();

  /** What the tokens that go on in a word start with; empty if nothing marks them. */
  default String continuingSubwordPrefix() {
    return "";
  }

  /**
   * Begins to tokenize a text.
   *
   * @param text the caller's text
   * @param out where the tokens go
   */
  ModelSession session(String text, TokenBuffer out);

  /**
   * Reads the model of a {@code tokenizer.json}; old files name it only by its keys.
   *
   * @throws ModelFileException if something is missing or cannot be used
   */
  static Model read(TokenizerJson document) {
    Json json = document.settings().get("model");
    VocabularyEntries entries =
        document
            .vocabulary()
            .orElseThrow(() -> json.get("vocab").mismatch("an object or an array of tokens"));
    String type = Fields.type(json).orElseGet(() -> typeByKeys(json, document));
    return switch (type) {
      case "BPE" -> Bpe.read(json, withIds(json, type, entries), document.merges());
      case "Unigram" -> {
        if (entries instanceof VocabularyEntries.WithScores scored) {
          yield Unigram.read(json, scored);
        }
        throw Fields.error(json, "vocab", "expected an array of tokens with scores for " + type);
      }
      case "WordLevel" -> WordLevel.read(json, withIds(json, type, entries));
      case "WordPiece" -> WordPiece.read(json, withIds(json, type, entries));
      default -> throw json.error("unknown model '" + type + "'");
    };
  }

  private static String typeByKeys(Json json, TokenizerJson document) {
    if (document.merges().isPresent()) {
      return "BPE";
    } else if (document.vocabulary().orElse(null) instanceof VocabularyEntries.WithScores) {
      return "Unigram";
    } else if (json.has("continuing_subword_prefix") && json.has("max_input_chars_per_word")) {
      return "WordPiece";
    } else if (json.has("unk_token")) {
      return "WordLevel";
    }
    throw json.error("key 'type' is missing");
  }

  private static VocabularyEntries.WithIds withIds(
      Json json, String type, VocabularyEntries entries) {
    if (entries instanceof VocabularyEntries.WithIds withIds) {
      return withIds;
    }
    throw Fields.error(json, "vocab", "expected an object of tokens with ids for " + type);
  }
}

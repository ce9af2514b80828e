package io.github.modernbert.weights;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The keys of {@code tokenizer_config.json} that change what a model sees. Padding does not: it
 * does not exist here.
 *
 * @param modelMaxLength tokens of a text with its special tokens; empty if the file sets no limit,
 *     which it also says with numbers such as 1e30
 * @param truncationSide at which end a longer text is cut
 * @param clsToken the token that stands first, if the file names it
 * @param unkToken the token for what the vocabulary does not have, if the file names it
 */
public record TokenizerConfig(
    OptionalInt modelMaxLength,
    TruncationSide truncationSide,
    Optional<String> clsToken,
    Optional<String> unkToken) {
  static final String FILE = "tokenizer_config.json";

  /**
   * Reads {@code tokenizer_config.json} of a folder; without the file nothing is limited.
   *
   * @throws ModelFileException if it is malformed
   */
  public static TokenizerConfig read(Path folder) {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return new TokenizerConfig(
          OptionalInt.empty(), TruncationSide.RIGHT, Optional.empty(), Optional.empty());
    }
    Json json = Json.read(file);
    Optional<Json> length = json.find("model_max_length").or(() -> json.find("max_len"));
    return new TokenizerConfig(
        length.map(TokenizerConfig::limit).orElse(OptionalInt.empty()),
        json.find("truncation_side")
            .map(side -> ConfigValues.constant(side, TruncationSide.values()))
            .orElse(TruncationSide.RIGHT),
        json.find("cls_token").map(TokenizerConfig::token),
        json.find("unk_token").map(TokenizerConfig::token));
  }

  /** A token, which is written as a string or as an object with its properties. */
  private static String token(Json value) {
    return value.isObject() ? value.get("content").string() : value.string();
  }

  /** A number of tokens; what no int holds is no limit. */
  static OptionalInt limit(Json value) {
    if (value.number() > Integer.MAX_VALUE) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(value.integer(1, Integer.MAX_VALUE));
  }
}

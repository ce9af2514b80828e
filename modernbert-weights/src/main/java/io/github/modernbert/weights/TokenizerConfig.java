package io.github.modernbert.weights;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * The keys of {@code tokenizer_config.json} that change what a model sees. Padding does not: it
 * does not exist here.
 *
 * @param modelMaxLength tokens of a text with its special tokens; empty if the file sets no limit,
 *     which it also says with numbers such as 1e30
 * @param truncationSide at which end a longer text is cut
 * @param clsToken the token that stands first, if the file names it
 * @param unkToken the token for what the vocabulary does not have, if the file names it
 * @param maskToken the token that stands for one to be guessed, if the file names it
 * @param padToken the token that fills up batches elsewhere, if the file names it
 */
public record TokenizerConfig(
    OptionalInt modelMaxLength,
    TruncationSide truncationSide,
    Optional<String> clsToken,
    Optional<String> unkToken,
    Optional<String> maskToken,
    Optional<String> padToken) {
  static final String FILE = "tokenizer_config.json";
  private static final String SPECIAL_TOKENS_FILE = "special_tokens_map.json";

  /**
   * Reads {@code tokenizer_config.json} of a folder; without the file nothing is limited. Tokens
   * that it does not name are looked for in {@code special_tokens_map.json}.
   *
   * @throws ModelFileException if it is malformed
   */
  public static TokenizerConfig read(Path folder) {
    Optional<Json> config = find(folder.resolve(FILE));
    Optional<Json> special = find(folder.resolve(SPECIAL_TOKENS_FILE));
    List<Json> files = Stream.concat(config.stream(), special.stream()).toList();
    return new TokenizerConfig(
        config
            .flatMap(json -> json.find("model_max_length").or(() -> json.find("max_len")))
            .map(TokenizerConfig::limit)
            .orElse(OptionalInt.empty()),
        config
            .flatMap(json -> json.find("truncation_side"))
            .map(side -> side.constant(TruncationSide.values()))
            .orElse(TruncationSide.RIGHT),
        token("cls_token", files),
        token("unk_token", files),
        token("mask_token", files),
        token("pad_token", files));
  }

  private static Optional<Json> find(Path file) {
    return Files.exists(file) ? Optional.of(Json.read(file)) : Optional.empty();
  }

  /** A token's text, which may stand alone or as the content of an object. */
  private static Optional<String> token(String key, List<Json> files) {
    return files.stream()
        .flatMap(file -> file.find(key).stream())
        .map(token -> (token.isObject() ? token.get("content") : token).string())
        .findFirst();
  }

  /** A number of tokens; what no int holds is no limit. */
  static OptionalInt limit(Json value) {
    if (value.number() > Integer.MAX_VALUE) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(value.integer(1, Integer.MAX_VALUE));
  }
}

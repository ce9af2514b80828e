package io.github.modernbert.tokenizer;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.json.Fields;
import io.github.modernbert.tokenizer.json.TokenizerJson;
import java.util.List;
import java.util.Optional;

/**
 * The contents of a {@code tokenizer.json}, and what other files of its folder add to them.
 *
 * @param name the name of the file for messages
 * @param settings those of the folder, or the usual ones
 * @param addedTokens the added tokens of the file
 * @param configuredTokens the tokens that other files of the folder add to them or change
 */
record TokenizerFile(
    String name,
    Optional<Truncation> truncation,
    Optional<Padding> padding,
    TokenizerSettings settings,
    List<AddedToken> addedTokens,
    List<AddedToken> configuredTokens,
    Pipeline pipeline) {
  private static final String VERSION = "1.0";

  static TokenizerFile read(TokenizerJson document) {
    Json json = document.settings();
    json.member("version")
        .filter(version -> !Fields.string(version).equals(VERSION))
        .ifPresent(version -> {
          throw version.mismatch("version \"" + VERSION + "\"");
        });
    Optional<Truncation> truncation = json.find("truncation").map(Truncation::read);
    return new TokenizerFile(
        json.file(),
        truncation,
        json.find("padding").map(Padding::read),
        TokenizerSettings.of(truncation),
        json.member("added_tokens")
            .map(tokens -> tokens.items().stream().map(AddedToken::read).toList())
            .orElse(List.of()),
        List.of(),
        Pipeline.read(document));
  }

  /** The same with what the other files of its folder say. */
  TokenizerFile with(TokenizerSettings changed, List<AddedToken> configured) {
    return new TokenizerFile(name, truncation, padding, changed, addedTokens, configured, pipeline);
  }

  /** The same with other components. */
  TokenizerFile with(Pipeline changed) {
    return new TokenizerFile(
        name, truncation, padding, settings, addedTokens, configuredTokens, changed);
  }
}

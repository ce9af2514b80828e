package io.github.modernbert.tokenizer;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.json.Fields;
import io.github.modernbert.tokenizer.json.TokenizerJson;
import java.util.ArrayList;
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
    // Without lambdas, which take a fresh JVM long to link.
    Optional<Json> version = json.member("version");
    if (version.isPresent() && !Fields.string(version.get()).equals(VERSION)) {
      throw version.get().mismatch("version \"" + VERSION + "\"");
    }
    Optional<Truncation> truncation = json.find("truncation").map(Truncation::read);
    Optional<Padding> padding = json.find("padding").map(Padding::read);
    var added = new ArrayList<AddedToken>();
    Optional<Json> tokens = json.member("added_tokens");
    for (Json token : tokens.isPresent() ? tokens.get().items() : List.<Json>of()) {
      added.add(AddedToken.read(token));
    }
    return new TokenizerFile(
        json.file(),
        truncation,
        padding,
        TokenizerSettings.of(truncation, padding),
        List.copyOf(added),
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

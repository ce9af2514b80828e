package io.github.modernbert.tokenizer;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.decoder.Decoder;
import io.github.modernbert.tokenizer.json.Fields;
import io.github.modernbert.tokenizer.json.TokenizerJson;
import io.github.modernbert.tokenizer.model.Model;
import io.github.modernbert.tokenizer.normalizer.Normalizer;
import io.github.modernbert.tokenizer.pretokenizer.PreTokenizer;
import io.github.modernbert.tokenizer.processor.PostProcessor;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code tokenizer.json} holds.
 *
 * @param name the name of the file for messages
 * @param settings those of the folder, or the usual ones
 * @param addedTokens the added tokens of the file
 * @param configuredTokens the tokens that other files of the folder add to them or change
 * @param lowercases whether the normalizer puts text in lower case
 */
record TokenizerFile(
    String name,
    Optional<Truncation> truncation,
    Optional<Padding> padding,
    TokenizerSettings settings,
    List<AddedToken> addedTokens,
    List<AddedToken> configuredTokens,
    @Nullable Normalizer normalizer,
    boolean lowercases,
    @Nullable PreTokenizer preTokenizer,
    PostProcessor postProcessor,
    @Nullable Decoder decoder,
    Model model) {
  private static final String VERSION = "1.0";
  private static final Set<String> KEYS =
      Set.of(
          "version",
          "truncation",
          "padding",
          "added_tokens",
          "normalizer",
          "pre_tokenizer",
          "post_processor",
          "decoder",
          "model");

  static TokenizerFile read(TokenizerJson document) {
    Json json = document.settings();
    json.members()
        .forEach((key, value) -> {
          if (!KEYS.contains(key)) {
            throw value.error("unknown key");
          }
        });
    json.member("version")
        .filter(version -> !Fields.string(version).equals(VERSION))
        .ifPresent(version -> {
          throw version.mismatch("version \"" + VERSION + "\"");
        });
    return new TokenizerFile(
        json.file(),
        json.find("truncation").map(Truncation::read),
        json.find("padding").map(Padding::read),
        TokenizerSettings.of(json.find("truncation").map(Truncation::read)),
        json.member("added_tokens")
            .map(tokens -> tokens.items().stream().map(AddedToken::read).toList())
            .orElse(List.of()),
        List.of(),
        json.find("normalizer").map(Normalizer::read).orElse(null),
        json.find("normalizer").map(Normalizer::lowercases).orElse(false),
        json.find("pre_tokenizer").map(PreTokenizer::read).orElse(null),
        json.find("post_processor").map(PostProcessor::read).orElse(PostProcessor.NONE),
        json.find("decoder").map(Decoder::read).orElse(null),
        Model.read(document));
  }

  /** The same with what the other files of its folder say. */
  TokenizerFile with(TokenizerSettings changed, List<AddedToken> configured) {
    return new TokenizerFile(
        name,
        truncation,
        padding,
        changed,
        addedTokens,
        configured,
        normalizer,
        lowercases,
        preTokenizer,
        postProcessor,
        decoder,
        model);
  }

  /** The same with text put in lower case before its normalizer. */
  TokenizerFile lowercasing() {
    return new TokenizerFile(
        name,
        truncation,
        padding,
        settings,
        addedTokens,
        configuredTokens,
        Normalizer.lowercaseBefore(normalizer),
        true,
        preTokenizer,
        postProcessor,
        decoder,
        model);
  }
}

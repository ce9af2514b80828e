package io.github.modernbert.tokenizer;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Settings of a folder that stand beside its {@code tokenizer.json}, as the reference's {@code
 * AutoTokenizer} understands them.
 *
 * @param modelMaxLength the most tokens of a text that the model was made for, special tokens
 *     counted; empty if the folder sets no limit
 * @param truncationSide the end at which longer texts are cut
 * @param splitSpecialTokens whether special tokens that stand in a text are split like other text
 * @param specialTokens the texts of special tokens by their names, such as {@code mask_token}
 */
public record TokenizerSettings(
    OptionalInt modelMaxLength,
    Direction truncationSide,
    boolean splitSpecialTokens,
    Map<String, String> specialTokens) {
  /** The settings of a {@code tokenizer.json} alone. */
  static TokenizerSettings of(Optional<Truncation> stored) {
    return new TokenizerSettings(
        OptionalInt.empty(),
        stored.map(Truncation::direction).orElse(Direction.RIGHT),
        false,
        Map.of());
  }

  /** The text of a special token by its name, such as {@code cls_token}. */
  public Optional<String> specialToken(String name) {
    return Optional.ofNullable(specialTokens.get(name));
  }
}

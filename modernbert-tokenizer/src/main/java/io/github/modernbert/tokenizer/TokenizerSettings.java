package io.github.modernbert.tokenizer;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The settings of a tokenizer that a folder's {@code tokenizer_config.json} and {@code
 * special_tokens_map.json} give, as the reference's {@code AutoTokenizer} reads them. Immutable.
 *
 * @param modelMaxLength the greatest number of tokens of a text, special tokens included; empty if
 *     the folder sets no limit
 * @param truncationSide the end at which longer texts are cut
 * @param paddingSide the end at which tokens are added that fill a text up
 * @param splitSpecialTokens whether special tokens that occur in a text are split like other text
 * @param specialTokens the texts of special tokens by their names, such as {@code mask_token}
 * @param extraSpecialTokens the texts of special tokens without a name
 */
public record TokenizerSettings(
    OptionalInt modelMaxLength,
    Direction truncationSide,
    Direction paddingSide,
    boolean splitSpecialTokens,
    Map<String, String> specialTokens,
    Set<String> extraSpecialTokens) {
  /** The settings of a {@code tokenizer.json} alone. */
  static TokenizerSettings of(Optional<Truncation> truncation, Optional<Padding> padding) {
    return new TokenizerSettings(
        OptionalInt.empty(),
        truncation.map(Truncation::direction).orElse(Direction.RIGHT),
        padding.map(Padding::direction).orElse(Direction.RIGHT),
        false,
        Map.of(),
        Set.of());
  }

  /**
   * Finds the text of a special token.
   *
   * @param name the name of the token, such as {@code cls_token}
   * @return its text, such as {@code [CLS]}; empty if the folder names none
   */
  public Optional<String> specialToken(String name) {
    return Optional.ofNullable(specialTokens.get(name));
  }
}

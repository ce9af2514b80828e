package io.github.modernbert.tokenizer;

import java.util.Optional;

/**
 * What to do with a text besides cutting it into tokens. Immutable.
 *
 * @param addSpecialTokens whether the post-processor adds the tokens of the model's template
 * @param truncation how long encodings are cut, if at all
 * @param padding how short encodings are filled up, if at all
 */
public record EncodeOptions(
    boolean addSpecialTokens, Optional<Truncation> truncation, Optional<Padding> padding) {
  /** With special tokens, without truncation and padding. */
  public static EncodeOptions plain() {
    return new EncodeOptions(true, Optional.empty(), Optional.empty());
  }

  /** These options with or without special tokens. */
  public EncodeOptions withSpecialTokens(boolean add) {
    return new EncodeOptions(add, truncation, padding);
  }

  /** These options with the given truncation. */
  public EncodeOptions withTruncation(Truncation changed) {
    return new EncodeOptions(addSpecialTokens, Optional.of(changed), padding);
  }

  /** These options without truncation. */
  public EncodeOptions withoutTruncation() {
    return new EncodeOptions(addSpecialTokens, Optional.empty(), padding);
  }

  /** These options with the given padding. */
  public EncodeOptions withPadding(Padding changed) {
    return new EncodeOptions(addSpecialTokens, truncation, Optional.of(changed));
  }

  /** These options without padding. */
  public EncodeOptions withoutPadding() {
    return new EncodeOptions(addSpecialTokens, truncation, Optional.empty());
  }
}

package io.github.modernbert.tokenizer;

import java.util.Optional;

/**
 * Options of a call that encodes texts: special tokens, truncation, padding. Immutable.
 *
 * <pre>{@code
 * EncodeOptions options = EncodeOptions.plain()
 *     .withTruncation(Truncation.to(512))
 *     .withSplitSpecialTokens(true);
 * }</pre>
 */
public final class EncodeOptions {
  private static final EncodeOptions PLAIN =
      new EncodeOptions(true, false, Optional.empty(), Optional.empty());

  private final boolean addSpecialTokens;
  private final boolean splitSpecialTokens;
  private final Optional<Truncation> truncation;
  private final Optional<Padding> padding;

  private EncodeOptions(
      boolean addSpecialTokens,
      boolean splitSpecialTokens,
      Optional<Truncation> truncation,
      Optional<Padding> padding) {
    this.addSpecialTokens = addSpecialTokens;
    this.splitSpecialTokens = splitSpecialTokens;
    this.truncation = truncation;
    this.padding = padding;
  }

  /** With special tokens, without truncation and padding. */
  public static EncodeOptions plain() {
    return PLAIN;
  }

  /** Whether the post-processor adds the tokens of the model's template. */
  public boolean addSpecialTokens() {
    return addSpecialTokens;
  }

  /** Whether special tokens that stand in the text are split like any other text. */
  public boolean splitSpecialTokens() {
    return splitSpecialTokens;
  }

  /** How long encodings are cut, if at all. */
  public Optional<Truncation> truncation() {
    return truncation;
  }

  /** How short encodings are filled up, if at all. */
  public Optional<Padding> padding() {
    return padding;
  }

  /** These options with or without the tokens of the model's template. */
  public EncodeOptions withSpecialTokens(boolean add) {
    return new EncodeOptions(add, splitSpecialTokens, truncation, padding);
  }

  /**
   * These options for texts of strangers, in which {@code [SEP]} or {@code [MASK]} shall be nothing
   * but these characters; or for texts in which they mean the special token. A tokenizer whose
   * {@code tokenizer_config.json} says {@code split_special_tokens} splits them either way.
   */
  public EncodeOptions withSplitSpecialTokens(boolean split) {
    return new EncodeOptions(addSpecialTokens, split, truncation, padding);
  }

  /** These options with the given truncation. */
  public EncodeOptions withTruncation(Truncation changed) {
    return withTruncation(Optional.of(changed));
  }

  /** These options with the given truncation, or without any. */
  public EncodeOptions withTruncation(Optional<Truncation> changed) {
    return new EncodeOptions(addSpecialTokens, splitSpecialTokens, changed, padding);
  }

  /** These options with the given padding, or without any. */
  public EncodeOptions withPadding(Optional<Padding> changed) {
    return new EncodeOptions(addSpecialTokens, splitSpecialTokens, truncation, changed);
  }
}

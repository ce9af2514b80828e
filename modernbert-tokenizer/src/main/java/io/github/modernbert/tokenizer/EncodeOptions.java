package io.github.modernbert.tokenizer;

import java.util.Optional;

/**
 * Options for encoding texts: special tokens, truncation and padding. Immutable and safe for use by
 * several threads.
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

  /** Options that add special tokens, without truncation and padding. */
  public static EncodeOptions plain() {
    return PLAIN;
  }

  /** Whether the post-processor adds the tokens of the model's template. */
  public boolean addSpecialTokens() {
    return addSpecialTokens;
  }

  /** Whether special tokens that occur in the text are split like any other text. */
  public boolean splitSpecialTokens() {
    return splitSpecialTokens;
  }

  /** The truncation of encodings; empty for none. */
  public Optional<Truncation> truncation() {
    return truncation;
  }

  /** The padding of encodings; empty for none. */
  public Optional<Padding> padding() {
    return padding;
  }

  /**
   * A copy that adds the special tokens of the model's template or does not.
   *
   * @param add whether they are added
   */
  public EncodeOptions withSpecialTokens(boolean add) {
    return new EncodeOptions(add, splitSpecialTokens, truncation, padding);
  }

  /**
   * A copy that reads {@code [SEP]} or {@code [MASK]} in a text as these characters, which is safe
   * for texts from untrusted sources, or as the special token. A tokenizer whose {@code
   * tokenizer_config.json} sets {@code split_special_tokens} splits them either way.
   *
   * @param split whether special tokens in the text are split into ordinary tokens
   */
  public EncodeOptions withSplitSpecialTokens(boolean split) {
    return new EncodeOptions(addSpecialTokens, split, truncation, padding);
  }

  /**
   * A copy that truncates encodings.
   *
   * @param changed length, strategy and side
   */
  public EncodeOptions withTruncation(Truncation changed) {
    return withTruncation(Optional.of(changed));
  }

  /**
   * A copy with a truncation, or without any.
   *
   * @param changed length, strategy and side; empty for none
   */
  public EncodeOptions withTruncation(Optional<Truncation> changed) {
    return new EncodeOptions(addSpecialTokens, splitSpecialTokens, changed, padding);
  }

  /**
   * A copy with a padding, or without any.
   *
   * @param changed length, side and padding token; empty for none
   */
  public EncodeOptions withPadding(Optional<Padding> changed) {
    return new EncodeOptions(addSpecialTokens, splitSpecialTokens, truncation, changed);
  }
}

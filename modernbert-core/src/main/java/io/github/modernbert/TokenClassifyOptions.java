package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.ReadOptions;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * How tokens are classified and put together. Immutable; start from {@link #defaults}.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="token-classify-options"}
 */
public final class TokenClassifyOptions extends TaskOptions<TokenClassifyOptions> {
  private static final TokenClassifyOptions DEFAULTS =
      new TokenClassifyOptions(
          Aggregation.SIMPLE, Set.of("O"), true, OptionalInt.empty(), ReadOptions.DEFAULTS);

  private final Aggregation aggregation;
  private final Set<String> ignoreLabels;
  private final boolean windows;
  private final OptionalInt stride;

  private TokenClassifyOptions(
      Aggregation aggregation,
      Set<String> ignoreLabels,
      boolean windows,
      OptionalInt stride,
      ReadOptions reading) {
    super(reading);
    this.aggregation = aggregation;
    this.ignoreLabels = ignoreLabels;
    this.windows = windows;
    this.stride = stride;
  }

  /**
   * {@link Aggregation#SIMPLE} (the pipeline's own default is none), the label {@code O} is left
   * out, and texts that are too long are read in windows.
   */
  public static TokenClassifyOptions defaults() {
    return DEFAULTS;
  }

  /** Makes entities of tokens in another way. */
  public TokenClassifyOptions aggregation(Aggregation value) {
    return new TokenClassifyOptions(
        Arguments.notNull(value, "aggregation"), ignoreLabels, windows, stride, reading());
  }

  /**
   * Leaves out other labels: those of entities, such as {@code PER}, or, with {@link
   * Aggregation#NONE}, those of tokens, such as {@code B-PER}.
   */
  public TokenClassifyOptions ignoreLabels(String... labels) {
    List<String> given =
        Arguments.elements(
            Arrays.asList(Arguments.notNull(labels, "ignoreLabels")), "ignoreLabels");
    return new TokenClassifyOptions(aggregation, Set.copyOf(given), windows, stride, reading());
  }

  /**
   * Whether texts with more tokens than {@link #maxLength}, or than the model takes, are read in
   * windows of so many (the default). Each shares up to 128 tokens with the one before it; of these
   * the first half counts as the earlier window has it, the second half as the later one has it, so
   * that every token has some of the text on both sides. Otherwise such texts are cut, as the
   * pipeline of transformers does it. They are refused with {@code truncate(false)}.
   *
   * @return a copy without a {@link #stride}
   */
  public TokenClassifyOptions windows(boolean value) {
    return new TokenClassifyOptions(
        aggregation, ignoreLabels, value, OptionalInt.empty(), reading());
  }

  /**
   * Reads texts that are too long in windows as the pipeline of transformers does it with this
   * stride: entities are found in each window by itself, and of those that overlap the longer one
   * is kept, then the one with the higher score.
   *
   * @param tokens how many tokens each window shares with the one before it; from 0, less than a
   *     window has without its special tokens
   */
  public TokenClassifyOptions stride(int tokens) {
    return new TokenClassifyOptions(
        aggregation,
        ignoreLabels,
        true,
        OptionalInt.of(Arguments.requireNatural("stride", tokens)),
        reading());
  }

  @Override
  TokenClassifyOptions with(ReadOptions values) {
    return new TokenClassifyOptions(aggregation, ignoreLabels, windows, stride, values);
  }

  Aggregation aggregation() {
    return aggregation;
  }

  boolean keeps(String label) {
    return !ignoreLabels.contains(label);
  }

  boolean windows() {
    return windows;
  }

  OptionalInt stride() {
    return stride;
  }
}

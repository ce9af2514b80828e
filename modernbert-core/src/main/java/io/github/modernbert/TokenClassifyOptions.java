package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.ReadOptions;
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
          Aggregation.SIMPLE, Set.of("O"), OptionalInt.empty(), ReadOptions.DEFAULTS);

  private final Aggregation aggregation;
  private final Set<String> ignoreLabels;
  private final OptionalInt stride;

  private TokenClassifyOptions(
      Aggregation aggregation, Set<String> ignoreLabels, OptionalInt stride, ReadOptions reading) {
    super(reading);
    this.aggregation = aggregation;
    this.ignoreLabels = ignoreLabels;
    this.stride = stride;
  }

  /**
   * {@link Aggregation#SIMPLE} (the pipeline's own default is none), the label {@code O} is left
   * out, and texts that are too long are cut.
   */
  public static TokenClassifyOptions defaults() {
    return DEFAULTS;
  }

  /** Makes entities of tokens in another way. */
  public TokenClassifyOptions aggregation(Aggregation value) {
    return new TokenClassifyOptions(
        Arguments.notNull(value, "aggregation"), ignoreLabels, stride, reading());
  }

  /**
   * Leaves out other labels: those of entities, such as {@code PER}, or, with {@link
   * Aggregation#NONE}, those of tokens, such as {@code B-PER}.
   */
  public TokenClassifyOptions ignoreLabels(String... labels) {
    return new TokenClassifyOptions(aggregation, Set.of(labels), stride, reading());
  }

  /**
   * Reads texts that are too long in windows instead of cutting them. Of entities that overlap the
   * longer one is kept, then the one with the higher score.
   *
   * @param tokens how many tokens each window shares with the one before it; from 0, less than a
   *     window has without its special tokens
   */
  public TokenClassifyOptions stride(int tokens) {
    return new TokenClassifyOptions(
        aggregation,
        ignoreLabels,
        OptionalInt.of(Arguments.requireNatural("stride", tokens)),
        reading());
  }

  @Override
  TokenClassifyOptions with(ReadOptions values) {
    return new TokenClassifyOptions(aggregation, ignoreLabels, stride, values);
  }

  Aggregation aggregation() {
    return aggregation;
  }

  boolean keeps(String label) {
    return !ignoreLabels.contains(label);
  }

  OptionalInt stride() {
    return stride;
  }
}

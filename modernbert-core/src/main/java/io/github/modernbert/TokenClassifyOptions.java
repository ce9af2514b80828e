package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.ReadOptions;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Options of a {@link TokenClassifier}. Immutable; start from {@link #defaults}.
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
   * Options with {@link Aggregation#SIMPLE} (the pipeline's default is none) that leave out the
   * label {@code O} and read texts that are too long in windows.
   */
  public static TokenClassifyOptions defaults() {
    return DEFAULTS;
  }

  /**
   * A copy with another rule that groups tokens into entities.
   *
   * @param value the rule
   * @throws IllegalArgumentException if it is null
   */
  public TokenClassifyOptions aggregation(Aggregation value) {
    return new TokenClassifyOptions(
        Arguments.notNull(value, "aggregation"), ignoreLabels, windows, stride, reading());
  }

  /**
   * A copy that leaves out other labels than {@code O}.
   *
   * @param labels all labels to leave out: those of entities, such as {@code PER}, or, with {@link
   *     Aggregation#NONE}, those of tokens, such as {@code B-PER}; none leaves out nothing
   * @throws IllegalArgumentException if a label is null
   */
  public TokenClassifyOptions ignoreLabels(String... labels) {
    List<String> given =
        Arguments.elements(
            Arrays.asList(Arguments.notNull(labels, "ignoreLabels")), "ignoreLabels");
    return new TokenClassifyOptions(aggregation, Set.copyOf(given), windows, stride, reading());
  }

  /**
   * A copy that reads texts that are too long in windows (the default), or cuts them as the
   * pipeline of transformers does; {@code truncate(false)} refuses them. Windows have {@link
   * #maxLength} tokens, or as many as the model takes. Neighbouring windows share up to 128 tokens;
   * the first half of these is labelled by the earlier window and the second half by the later one,
   * so that every token has context on both sides.
   *
   * @param value whether such texts are read in windows
   * @return a copy without a {@link #stride}
   */
  public TokenClassifyOptions windows(boolean value) {
    return new TokenClassifyOptions(
        aggregation, ignoreLabels, value, OptionalInt.empty(), reading());
  }

  /**
   * A copy that reads texts that are too long in windows as the pipeline of transformers does with
   * its {@code stride}: entities are found in each window by itself; of those that overlap the
   * longest is kept, and of equally long ones the one with the highest score.
   *
   * @param tokens how many tokens neighbouring windows share, from 0; less than a window has room
   *     for beside its special tokens, else the call is refused
   * @throws IllegalArgumentException if it is negative
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

package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.ReadOptions;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How to make sparse vectors. Immutable; start from {@link #defaults}.
 *
 * {@snippet file="io/github/modernbert/TokenSnippetsTest.java" region="sparse-options"}
 */
public final class SparseOptions extends TaskOptions<SparseOptions> {
  private static final SparseOptions DEFAULTS =
      new SparseOptions(
          Optional.empty(), Optional.empty(), OptionalInt.empty(), ReadOptions.DEFAULTS);

  private final Optional<String> promptName;
  private final Optional<String> promptText;
  private final OptionalInt maxActiveDims;

  private SparseOptions(
      Optional<String> promptName,
      Optional<String> promptText,
      OptionalInt maxActiveDims,
      ReadOptions reading) {
    super(reading);
    this.promptName = promptName;
    this.promptText = promptText;
    this.maxActiveDims = maxActiveDims;
  }

  /**
   * The model's default prompt and as many weights as the model keeps; texts that are too long are
   * cut.
   */
  public static SparseOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Puts the model's prompt of this name before each text. In a model whose modules differ for
   * queries and documents ({@code Router} of sentence-transformers) the names {@code query} and
   * {@code document} choose them as well.
   */
  public SparseOptions prompt(String name) {
    Arguments.notNull(name, "prompt");
    return new SparseOptions(
        Optional.of(Arguments.notNull(name, "prompt")), Optional.empty(), maxActiveDims, reading());
  }

  /** Puts this text before each text; the empty text switches off the model's default prompt. */
  public SparseOptions promptText(String text) {
    Arguments.notNull(text, "promptText");
    return new SparseOptions(
        Optional.empty(),
        Optional.of(Arguments.notNull(text, "promptText")),
        maxActiveDims,
        reading());
  }

  /**
   * Keeps the largest weights only.
   *
   * @param count at most so many, from 1
   */
  public SparseOptions maxActiveDims(int count) {
    return new SparseOptions(
        promptName,
        promptText,
        OptionalInt.of(Arguments.requirePositive("maxActiveDims", count)),
        reading());
  }

  @Override
  SparseOptions with(ReadOptions reading) {
    return new SparseOptions(promptName, promptText, maxActiveDims, reading);
  }

  Optional<String> promptName() {
    return promptName;
  }

  Optional<String> promptText() {
    return promptText;
  }

  OptionalInt maxActiveDims() {
    return maxActiveDims;
  }
}

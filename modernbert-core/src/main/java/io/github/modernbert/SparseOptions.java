package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.PromptChoice;
import io.github.modernbert.tasks.ReadOptions;
import java.util.OptionalInt;

/**
 * Options of a {@link SparseEncoder}. Immutable; start from {@link #defaults}.
 *
 * {@snippet file="io/github/modernbert/TokenSnippetsTest.java" region="sparse-options"}
 */
public final class SparseOptions extends TaskOptions<SparseOptions> {
  private static final SparseOptions DEFAULTS =
      new SparseOptions(PromptChoice.DEFAULT, OptionalInt.empty(), ReadOptions.DEFAULTS);

  private final PromptChoice prompt;
  private final OptionalInt maxActiveDims;

  private SparseOptions(PromptChoice prompt, OptionalInt maxActiveDims, ReadOptions reading) {
    super(reading);
    this.prompt = prompt;
    this.maxActiveDims = maxActiveDims;
  }

  /**
   * Options with the model's default prompt and its own limit on the number of weights. Texts that
   * are too long are cut.
   */
  public static SparseOptions defaults() {
    return DEFAULTS;
  }

  /**
   * A copy that puts one of the model's prompts before each text. In a model whose modules differ
   * for queries and documents ({@code Router} of sentence-transformers) the names {@code query} and
   * {@code document} choose them as well.
   *
   * @param name the prompt's name in the model's files, such as {@code query}; the call is refused
   *     if there is none of that name
   * @throws IllegalArgumentException if it is null
   */
  public SparseOptions prompt(String name) {
    return new SparseOptions(PromptChoice.named(name), maxActiveDims, reading());
  }

  /**
   * A copy that puts a prompt before each text.
   *
   * @param text the prompt; the empty text switches off the model's default prompt
   * @throws IllegalArgumentException if it is null
   */
  public SparseOptions promptText(String text) {
    return new SparseOptions(PromptChoice.of(text), maxActiveDims, reading());
  }

  /**
   * A copy that keeps only the largest weights of a vector.
   *
   * @param count the greatest number of weights, from 1
   * @throws IllegalArgumentException if it is less than 1
   */
  public SparseOptions maxActiveDims(int count) {
    return new SparseOptions(
        prompt, OptionalInt.of(Arguments.requirePositive("maxActiveDims", count)), reading());
  }

  @Override
  SparseOptions with(ReadOptions reading) {
    return new SparseOptions(prompt, maxActiveDims, reading);
  }

  PromptChoice prompt() {
    return prompt;
  }

  OptionalInt maxActiveDims() {
    return maxActiveDims;
  }
}

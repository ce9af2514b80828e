package io.github.modernbert;

import io.github.modernbert.tasks.PromptChoice;
import io.github.modernbert.tasks.ReadOptions;
import java.util.OptionalInt;

/**
 * Options of a {@link TextEmbedder}. Immutable; start from {@link #defaults}.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="embed-options"}
 */
public final class EmbedOptions extends TaskOptions<EmbedOptions> {
  private static final EmbedOptions DEFAULTS =
      new EmbedOptions(PromptChoice.DEFAULT, OptionalInt.empty(), false, ReadOptions.DEFAULTS);

  private final PromptChoice prompt;
  private final OptionalInt dimensions;
  private final boolean normalize;

  private EmbedOptions(
      PromptChoice prompt, OptionalInt dimensions, boolean normalize, ReadOptions reading) {
    super(reading);
    this.prompt = prompt;
    this.dimensions = dimensions;
    this.normalize = normalize;
  }

  /**
   * Options with the model's default prompt and dimensions. Vectors are normalized only if the
   * model's own modules do so; texts that are too long are cut.
   */
  public static EmbedOptions defaults() {
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
  public EmbedOptions prompt(String name) {
    return new EmbedOptions(PromptChoice.named(name), dimensions, normalize, reading());
  }

  /**
   * A copy that puts a prompt before each text.
   *
   * @param text the prompt; the empty text switches off the model's default prompt
   * @throws IllegalArgumentException if it is null
   */
  public EmbedOptions promptText(String text) {
    return new EmbedOptions(PromptChoice.of(text), dimensions, normalize, reading());
  }

  /**
   * A copy that keeps only the first dimensions of vectors, for models trained for it (Matryoshka,
   * arXiv:2205.13147). A vector that had length 1 is shorter then; see {@link #normalize}.
   *
   * @param count the number of dimensions, from 1; at most the model's dimension, else the call is
   *     refused
   * @throws IllegalArgumentException if it is less than 1
   */
  public EmbedOptions dimensions(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("dimensions must be at least 1, found " + count);
    }
    return new EmbedOptions(prompt, OptionalInt.of(count), normalize, reading());
  }

  /**
   * A copy that scales vectors to length 1, as the last step, or does not.
   *
   * @param value whether vectors are scaled
   */
  public EmbedOptions normalize(boolean value) {
    return new EmbedOptions(prompt, dimensions, value, reading());
  }

  @Override
  EmbedOptions with(ReadOptions reading) {
    return new EmbedOptions(prompt, dimensions, normalize, reading);
  }

  PromptChoice prompt() {
    return prompt;
  }

  OptionalInt dimensions() {
    return dimensions;
  }

  boolean normalize() {
    return normalize;
  }
}

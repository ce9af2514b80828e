package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.ReadOptions;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Options for embedding texts. Immutable; start from {@link #defaults}.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="embed-options"}
 */
public final class EmbedOptions extends TaskOptions<EmbedOptions> {
  private static final EmbedOptions DEFAULTS =
      new EmbedOptions(
          Optional.empty(), Optional.empty(), OptionalInt.empty(), false, ReadOptions.DEFAULTS);

  private final Optional<String> promptName;
  private final Optional<String> promptText;
  private final OptionalInt dimensions;
  private final boolean normalize;

  private EmbedOptions(
      Optional<String> promptName,
      Optional<String> promptText,
      OptionalInt dimensions,
      boolean normalize,
      ReadOptions reading) {
    super(reading);
    this.promptName = promptName;
    this.promptText = promptText;
    this.dimensions = dimensions;
    this.normalize = normalize;
  }

  /**
   * The model's default prompt and dimensions; normalised only if the model does so itself; texts
   * that are too long are cut.
   */
  public static EmbedOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Puts the model's prompt of this name before each text. In a model whose modules differ for
   * queries and documents ({@code Router} of sentence-transformers) the names {@code query} and
   * {@code document} choose them as well.
   */
  public EmbedOptions prompt(String name) {
    return new EmbedOptions(
        Optional.of(Arguments.notNull(name, "prompt")),
        Optional.empty(),
        dimensions,
        normalize,
        reading());
  }

  /** Puts this text before each text; the empty text switches off the model's default prompt. */
  public EmbedOptions promptText(String text) {
    return new EmbedOptions(
        Optional.empty(),
        Optional.of(Arguments.notNull(text, "promptText")),
        dimensions,
        normalize,
        reading());
  }

  /**
   * Keeps the first dimensions only, for models trained so (Matryoshka, arXiv:2205.13147). The rest
   * of the vector no longer has length 1; see {@link #normalize}.
   *
   * @param count from 1 to the model's dimension
   */
  public EmbedOptions dimensions(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("dimensions must be at least 1, found " + count);
    }
    return new EmbedOptions(promptName, promptText, OptionalInt.of(count), normalize, reading());
  }

  /** Scales vectors to length 1, after everything else. */
  public EmbedOptions normalize(boolean value) {
    return new EmbedOptions(promptName, promptText, dimensions, value, reading());
  }

  @Override
  EmbedOptions with(ReadOptions reading) {
    return new EmbedOptions(promptName, promptText, dimensions, normalize, reading);
  }

  Optional<String> promptName() {
    return promptName;
  }

  Optional<String> promptText() {
    return promptText;
  }

  OptionalInt dimensions() {
    return dimensions;
  }

  boolean normalize() {
    return normalize;
  }
}

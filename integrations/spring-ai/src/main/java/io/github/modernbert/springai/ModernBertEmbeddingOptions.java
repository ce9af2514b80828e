package io.github.modernbert.springai;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.util.StringUtils;

/**
 * Options of a request to a {@link ModernBertEmbeddingModel}. Immutable.
 *
 * {@snippet file="io/github/modernbert/springai/SnippetsTest.java" region="options"}
 *
 * @param model the name of the expected model; a request to another one is refused
 * @param dimensions the number of dimensions to keep, from 1, for models trained for it
 *     (Matryoshka, arXiv:2205.13147)
 * @param prompt the text to put before each text, instead of the model's prompt for queries or
 *     documents; empty for no prompt
 */
public record ModernBertEmbeddingOptions(
    @Nullable String model, @Nullable Integer dimensions, @Nullable String prompt)
    implements EmbeddingOptions {
  @Override
  public @Nullable String getModel() {
    return model;
  }

  @Override
  public @Nullable Integer getDimensions() {
    return dimensions;
  }

  /** A builder without any option set. */
  public static Builder builder() {
    return new Builder();
  }

  /** The same as other options, with this model and prompt where they have none. */
  static ModernBertEmbeddingOptions complete(
      @Nullable EmbeddingOptions asked, @Nullable String model, String prompt) {
    if (asked == null) {
      return new ModernBertEmbeddingOptions(model, null, prompt);
    }
    String own = asked instanceof ModernBertEmbeddingOptions options ? options.prompt : null;
    return new ModernBertEmbeddingOptions(
        StringUtils.hasText(asked.getModel()) ? asked.getModel() : model,
        asked.getDimensions(),
        own == null ? prompt : own);
  }

  /** Builds options. */
  public static final class Builder implements EmbeddingOptions.Builder {
    private @Nullable String model;
    private @Nullable Integer dimensions;
    private @Nullable String prompt;

    private Builder() {}

    @Override
    public Builder model(String name) {
      this.model = name;
      return this;
    }

    @Override
    public Builder dimensions(Integer count) {
      this.dimensions = count;
      return this;
    }

    /** Sets the prompt put before each text; the empty text for no prompt. */
    public Builder prompt(String text) {
      this.prompt = text;
      return this;
    }

    @Override
    public ModernBertEmbeddingOptions build() {
      return new ModernBertEmbeddingOptions(model, dimensions, prompt);
    }
  }
}

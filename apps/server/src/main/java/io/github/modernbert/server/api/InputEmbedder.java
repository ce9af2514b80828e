package io.github.modernbert.server.api;

import io.github.modernbert.EmbedOptions;
import io.github.modernbert.Embedding;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.server.api.InputReader.Computed;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Computes the vectors of texts and lists of token ids, in their order. */
public final class InputEmbedder {
  private final TextEmbedder embedder;
  private final InputReader reader;
  private final EmbedOptions options;

  /** With a model and how it shall read texts. */
  public InputEmbedder(
      ModelChoice.Chosen<TextEmbedder> chosen, TextReading reading, EmbedOptions options) {
    this.embedder = chosen.model();
    this.reader = new InputReader(chosen, reading);
    this.options = reading.prompted(options);
  }

  /** The options of a request: normalised or not, all dimensions or the first ones. */
  public static EmbedOptions options(boolean normalize, @Nullable Integer dimensions) {
    EmbedOptions options = EmbedOptions.defaults().normalize(normalize);
    return dimensions == null ? options : options.dimensions(dimensions);
  }

  /** The vectors. */
  public Computed<Embedding> of(List<Input> inputs, RequestTimes times) {
    return reader.compute(
        inputs,
        texts -> embedder.embed(texts, times.of(options)).asList(),
        ids -> embedder.embedTokenIds(ids, times.of(options)).asList());
  }
}

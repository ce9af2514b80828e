package io.github.modernbert.bench;

import io.github.modernbert.Embeddings;
import io.github.modernbert.KernelChoice;
import io.github.modernbert.LoadOptions;
import io.github.modernbert.TextEmbedder;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The bundled model at work on texts, tokenizer included. */
final class TextEmbedding implements AutoCloseable {
  private final List<String> texts;
  private final TextEmbedder embedder;
  private @Nullable Embeddings result;

  TextEmbedding(LoadOptions options, List<String> texts) {
    this.texts = texts;
    embedder = TextEmbedder.bundled(options);
  }

  /** Options for a benchmark's parameters: {@code one} thread or {@code all}. */
  static LoadOptions options(String kernels, String threads) {
    int count =
        switch (threads) {
          case "one" -> 1;
          case "all" -> Runtime.getRuntime().availableProcessors();
          default -> throw new IllegalArgumentException("expected one or all, found " + threads);
        };
    return LoadOptions.defaults().kernels(KernelChoice.of(kernels)).threads(count);
  }

  void run() {
    result = embedder.embed(texts);
  }

  /** How many vectors the last run made. */
  int texts() {
    return result().size();
  }

  /** How many tokens went into them; there is no padding that could be counted. */
  long tokens() {
    Embeddings result = result();
    long sum = 0;
    for (int i = 0; i < result.size(); i++) {
      sum += result.tokens(i);
    }
    return sum;
  }

  /**
   * Each vector must have the bits that portable kernels give on one thread, for the text alone.
   */
  void check() {
    Embeddings result = result();
    if (result.size() != texts.size()) {
      throw new IllegalStateException(
          "expected %d vectors, found %d".formatted(texts.size(), result.size()));
    }
    try (var plain = TextEmbedder.bundled(options("portable", "one"))) {
      for (int i = 0; i < texts.size(); i++) {
        Check.sameBits(plain.embed(texts.get(i)), result.vector(i), "vector of text " + i);
      }
    }
  }

  private Embeddings result() {
    return Objects.requireNonNull(result, "run() comes first");
  }

  @Override
  public void close() {
    embedder.close();
  }
}

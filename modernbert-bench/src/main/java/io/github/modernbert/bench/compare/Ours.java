package io.github.modernbert.bench.compare;

import io.github.modernbert.EmbedOptions;
import io.github.modernbert.Embeddings;
import io.github.modernbert.LoadOptions;
import io.github.modernbert.TextEmbedder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** This library through its public API. */
final class Ours implements Model {
  private final TextEmbedder embedder;

  /**
   * @param kernels as in {@link LoadOptions}
   */
  Ours(Path folder, int threads, String kernels) {
    embedder = TextEmbedder.load(folder, LoadOptions.defaults().threads(threads).kernels(kernels));
  }

  @Override
  public Map<String, String> versions() {
    String version = TextEmbedder.class.getPackage().getImplementationVersion();
    return Map.of(
        "modernbert",
        Objects.requireNonNullElse(version, "unknown"),
        "Java",
        Runtime.version().toString());
  }

  @Override
  public String settings() {
    return "%s kernels, threads %d".formatted(embedder.kernels(), embedder.info().threads());
  }

  @Override
  public float[][] embed(List<int[]> texts) {
    Embeddings vectors = embedder.embedTokenIds(texts, EmbedOptions.defaults());
    return IntStream.range(0, vectors.size()).mapToObj(vectors::vector).toArray(float[][]::new);
  }

  @Override
  public void close() {
    embedder.close();
  }
}

package io.github.modernbert.bench.compare;

import io.github.modernbert.EmbedOptions;
import io.github.modernbert.Embeddings;
import io.github.modernbert.KernelChoice;
import io.github.modernbert.LoadOptions;
import io.github.modernbert.ModelInfo;
import io.github.modernbert.Precision;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.WeightType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** This library through its public API. */
final class Ours implements Model {
  static final String BFLOAT16 = "bfloat16";
  static final String INT8 = "int8";

  private final TextEmbedder embedder;

  Ours(Path folder, LoadOptions options) {
    embedder = TextEmbedder.load(folder, options);
  }

  /**
   * The options with which a process of this library loads a model.
   *
   * @param variant kernels as in {@link LoadOptions}, and {@code bfloat16} or {@code int8} behind
   *     them if that is wanted
   */
  static LoadOptions options(String variant, int threads) {
    String[] parts = variant.split(" ", 2);
    LoadOptions exact = LoadOptions.defaults().threads(threads).kernels(KernelChoice.of(parts[0]));
    return switch (parts.length == 1 ? "" : parts[1]) {
      case "" -> exact;
      case BFLOAT16 -> exact.weights(WeightType.BFLOAT16);
      case INT8 -> exact.precision(Precision.INT8);
      default -> throw new IllegalArgumentException("no variant " + parts[1]);
    };
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
    ModelInfo info = embedder.info();
    return "%s kernels, %s, weights as %s, threads %d"
        .formatted(info.kernels(), info.precision().key(), info.weights().key(), info.threads());
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

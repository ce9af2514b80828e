package io.github.modernbert.cli.output;

import io.github.modernbert.Embedding;
import io.github.modernbert.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** One tensor {@code embeddings} of shape [texts, dimensions]. */
public final class SafetensorsVectors implements VectorWriter {
  private final SafetensorsWriter file;

  public SafetensorsVectors(Path target, int dimensions) throws IOException {
    file = SafetensorsWriter.create(target, Map.of());
    file.begin("embeddings", dimensions);
  }

  @Override
  public void write(long index, Embedding embedding) throws IOException {
    file.row(embedding.vector());
  }

  @Override
  public void finish() throws IOException {
    file.finish();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

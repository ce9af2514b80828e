package io.github.modernbert.cli.output;

import io.github.modernbert.Embedding;
import io.github.modernbert.weights.DType;
import io.github.modernbert.weights.NpyWriter;
import io.github.modernbert.weights.RowWriter;
import io.github.modernbert.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A float32 matrix of shape [texts, dimensions]. */
public record BinaryVectors(RowWriter file) implements VectorWriter {
  /** The matrix as {@code numpy.load} reads it. */
  public static BinaryVectors npy(Path target, int dimensions) throws IOException {
    return new BinaryVectors(new NpyWriter(target, DType.F32, dimensions));
  }

  /** The matrix as tensor {@code embeddings}. */
  public static BinaryVectors safetensors(Path target, int dimensions) throws IOException {
    SafetensorsWriter file = SafetensorsWriter.create(target, Map.of());
    file.begin("embeddings", dimensions);
    return new BinaryVectors(file);
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

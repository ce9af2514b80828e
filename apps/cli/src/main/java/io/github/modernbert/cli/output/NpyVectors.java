package io.github.modernbert.cli.output;

import io.github.modernbert.Embedding;
import io.github.modernbert.weights.DType;
import io.github.modernbert.weights.NpyWriter;
import java.io.IOException;
import java.nio.file.Path;

/** A float32 matrix of shape [texts, dimensions] as {@code numpy.load} reads it. */
public final class NpyVectors implements VectorWriter {
  private final NpyWriter file;

  public NpyVectors(Path target, int dimensions) throws IOException {
    file = new NpyWriter(target, DType.F32, dimensions);
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

package io.github.modernbert.cli.output;

import io.github.modernbert.Embedding;
import java.io.Closeable;
import java.io.IOException;

/** Writes vectors in a file format as they come; memory does not grow with their number. */
public interface VectorWriter extends Closeable {
  void write(long index, Embedding embedding) throws IOException;

  /** Completes the file; closing without it gives the file up. */
  void finish() throws IOException;
}

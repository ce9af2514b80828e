package io.github.modernbert.encoder;

import io.github.modernbert.kernels.Matrix;

/** The last hidden states of a batch, in memory of the model that is lent until it is closed. */
public interface EncodedBatch extends AutoCloseable {
  /** One row for each token; valid until it is closed. */
  Matrix hidden();

  /** Returns the memory to the model; must be called once. */
  @Override
  void close();
}

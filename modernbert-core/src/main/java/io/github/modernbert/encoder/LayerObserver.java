package io.github.modernbert.encoder;

import io.github.modernbert.kernels.Matrix;

/** Sees the residual stream between layers. */
@FunctionalInterface
public interface LayerObserver {
  /** An observer that does nothing. */
  LayerObserver NONE = (layer, hidden) -> {};

  /**
   * @param layers how many layers have been computed; 0 after the embeddings
   * @param hidden the residual stream of the batch, valid during the call
   */
  void after(int layers, Matrix hidden);
}

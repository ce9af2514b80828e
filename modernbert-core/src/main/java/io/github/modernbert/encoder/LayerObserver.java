package io.github.modernbert.encoder;

import io.github.modernbert.kernels.KeyValues;
import io.github.modernbert.kernels.Matrix;

/** Receives the states between the layers of a forward pass, on the thread of the caller. */
@FunctionalInterface
public interface LayerObserver {
  /** An observer that does nothing. */
  LayerObserver NONE = (layer, hidden) -> {};

  /**
   * Takes the residual stream after some layers.
   *
   * @param layers how many layers have been computed; 0 after the embeddings
   * @param hidden the residual stream of the batch, valid during the call
   */
  void after(int layers, Matrix hidden);

  /**
   * Takes the states that a layer's attention reads.
   *
   * @param layer the layer, from 0
   * @param queries a row for each token of the batch, turned by its position and scaled by 1 /
   *     √(head dim); valid during the call
   * @param keyValues keys, turned by their positions, and values; valid during the call
   */
  default void beforeAttention(int layer, Matrix queries, KeyValues keyValues) {}
}

package io.github.modernbert.tasks;

import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.encoder.Activations;
import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.encoder.WeightPacker;
import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.LayerNorm;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.Scratch;

/**
 * The prediction head of masked LM and classifiers (see Heads in docs/model.md): p(h) =
 * LayerNorm(act(h · denseᵀ)). Safe for use by several threads while a call of the backbone is under
 * way.
 */
final class PredictionHead {
  private final Kernels kernels;
  private final PackedMatrix dense;
  private final Activation activation;
  private final LayerNorm norm;

  /** Reads {@code head.dense} and {@code head.norm}. */
  PredictionHead(Backbone backbone, WeightPacker packer) {
    ModernBertConfig config = backbone.config();
    int hidden = config.hiddenSize();
    this.kernels = backbone.kernels();
    this.dense = packer.linear("head.dense", hidden, hidden, config.classifierBias());
    this.activation = Activations.of(config.classifierActivation());
    this.norm = packer.norm("head.norm", hidden, config.normBias(), config.normEps());
  }

  /** p of each row; the result has as many rows and columns. */
  void apply(Matrix hidden, Matrix result, Scratch scratch) {
    kernels.multiply(hidden, dense, result, scratch);
    kernels.activate(activation, result);
    kernels.layerNorm(result, norm, result);
  }
}

package io.github.modernbert.tasks;

import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.encoder.WeightPacker;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.Scratch;
import io.github.modernbert.kernels.StoreMode;
import io.github.modernbert.kernels.WeightFormat;
import io.github.modernbert.weights.Checkpoint;
import io.github.modernbert.weights.EmbeddingModule.Dense;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * A dense layer after the transformer: y = activation(x · Wᵀ + b), and what of x is added to it.
 */
final class DenseStep {
  private final Dense dense;
  private final Kernels kernels;
  private final PackedMatrix linear;
  private final @Nullable PackedMatrix residual;

  /** Loads the weights into the memory of the model. */
  DenseStep(Dense dense, Backbone backbone) {
    this.dense = dense;
    this.kernels = backbone.kernels();
    int in = dense.inFeatures();
    int out = dense.outFeatures();
    try (Checkpoint checkpoint = Checkpoint.open(dense.folder())) {
      // Too small to be worth rounding.
      var packer = new WeightPacker(checkpoint, kernels, backbone.arena(), WeightFormat.FLOAT32);
      linear = packer.linear("linear", out, in, dense.bias());
      residual =
          dense.useResidual() && in != out ? packer.linear("residual", out, in, false) : null;
    }
  }

  float[] apply(float[] x) {
    try (Arena arena = Arena.ofConfined()) {
      Matrix input = Matrix.allocate(arena, 1, dense.inFeatures());
      input.setRow(0, x);
      return apply(input, arena).row(0);
    }
  }

  /** y of each row, in memory of the arena. */
  Matrix apply(Matrix x, Arena arena) {
    var scratch = new Scratch();
    Matrix y = Matrix.allocate(arena, x.rows(), dense.outFeatures());
    kernels.multiply(x, linear, y, scratch);
    VectorActivation.apply(dense.activation(), kernels, y);
    if (residual != null) {
      kernels.multiply(x, residual, y, StoreMode.ADD, scratch);
    } else if (dense.useResidual()) {
      for (int r = 0; r < y.rows(); r++) {
        for (int i = 0; i < y.columns(); i++) {
          y.set(r, i, y.get(r, i) + x.get(r, i));
        }
      }
    }
    return y;
  }
}

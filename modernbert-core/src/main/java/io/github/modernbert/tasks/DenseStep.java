package io.github.modernbert.tasks;

import io.github.modernbert.encoder.Activations;
import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.encoder.WeightPacker;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.Scratch;
import io.github.modernbert.weights.Checkpoint;
import io.github.modernbert.weights.EmbeddingModule.Dense;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/** A dense layer after the pooling: y = activation(x · Wᵀ + b), and what of x is added to it. */
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
      var packer = new WeightPacker(checkpoint, kernels, backbone.arena());
      linear = packer.linear("linear", out, in, dense.bias());
      residual =
          dense.useResidual() && in != out ? packer.linear("residual", out, in, false) : null;
    }
  }

  float[] apply(float[] x) {
    try (Arena arena = Arena.ofConfined()) {
      var scratch = new Scratch();
      Matrix input = Matrix.allocate(arena, 1, dense.inFeatures());
      Matrix output = Matrix.allocate(arena, 1, dense.outFeatures());
      input.setRow(0, x);
      kernels.multiply(input, linear, output, scratch);
      kernels.activate(Activations.of(dense.activation()), output);
      if (residual != null) {
        kernels.multiplyAdd(input, residual, output, scratch);
      }
      float[] y = output.row(0);
      if (dense.useResidual() && residual == null) {
        for (int i = 0; i < y.length; i++) {
          y[i] += x[i];
        }
      }
      return y;
    }
  }
}

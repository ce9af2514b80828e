package io.github.modernbert.tasks;

import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.encoder.WeightPacker;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.LayerNorm;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.WeightFormat;
import io.github.modernbert.weights.Checkpoint;
import io.github.modernbert.weights.EmbeddingModule;
import java.lang.foreign.Arena;

/** A LayerNorm after the pooling. */
final class LayerNormStep {
  private final Kernels kernels;
  private final LayerNorm norm;

  /** Loads the weights into the memory of the model. */
  LayerNormStep(EmbeddingModule.LayerNorm module, Backbone backbone) {
    kernels = backbone.kernels();
    try (Checkpoint checkpoint = Checkpoint.open(module.folder())) {
      var packer = new WeightPacker(checkpoint, kernels, backbone.arena(), WeightFormat.FLOAT32);
      norm = packer.norm("norm", module.dimension(), true, EmbeddingModule.LayerNorm.EPSILON);
    }
  }

  float[] apply(float[] x) {
    try (Arena arena = Arena.ofConfined()) {
      Matrix row = Matrix.allocate(arena, 1, x.length);
      row.setRow(0, x);
      kernels.layerNorm(row, norm, row);
      return row.row(0);
    }
  }
}

package io.github.modernbert.tasks;

import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.weights.EmbeddingModule;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * Computes the vectors of tokens from their hidden states by dense layers and norms, row by row.
 */
public final class TokenProjection {
  /** Transforms each row of a matrix; the result is in memory of the arena. */
  @FunctionalInterface
  private interface Step {
    Matrix apply(Matrix rows, Arena arena);
  }

  private final List<Step> steps = new ArrayList<>();
  private final int dimension;

  /**
   * Loads the modules' weights into the memory of the model.
   *
   * @param modules dense layers and norms
   */
  public TokenProjection(List<EmbeddingModule> modules, Backbone backbone) {
    int width = backbone.config().hiddenSize();
    for (EmbeddingModule module : modules) {
      width = module.outputDimension(width);
      steps.add(step(module, backbone));
    }
    dimension = width;
  }

  private static Step step(EmbeddingModule module, Backbone backbone) {
    return switch (module) {
      case EmbeddingModule.Dense dense -> new DenseStep(dense, backbone)::apply;
      case EmbeddingModule.Normalize _ -> TokenProjection::normalize;
      case EmbeddingModule.WeightedLayerPooling _,
          EmbeddingModule.WordWeights _,
          EmbeddingModule.Pooling _,
          EmbeddingModule.LayerNorm _ ->
          throw new IllegalArgumentException(
              "expected dense layers and normalisations, found " + module);
    };
  }

  private static Matrix normalize(Matrix rows, Arena arena) {
    for (int r = 0; r < rows.rows(); r++) {
      rows.setRow(r, Vectors.normalize(rows.row(r)));
    }
    return rows;
  }

  /** Length of the vectors. */
  public int dimension() {
    return dimension;
  }

  /** Whether vectors are the hidden states themselves. */
  boolean isEmpty() {
    return steps.isEmpty();
  }

  /**
   * The vectors of some tokens.
   *
   * @param rows which rows of hidden
   */
  public float[][] apply(Matrix hidden, int[] rows) {
    if (rows.length == 0) {
      return new float[0][];
    }
    try (Arena arena = Arena.ofConfined()) {
      return Vectors.results(apply(Vectors.gather(hidden, rows, arena), arena));
    }
  }

  /** The vectors of tokens, in memory of the arena; their states may be overwritten. */
  Matrix apply(Matrix states, Arena arena) {
    Matrix vectors = states;
    for (Step step : steps) {
      vectors = step.apply(vectors, arena);
    }
    return vectors;
  }
}

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
      switch (module) {
        case EmbeddingModule.Dense dense -> steps.add(new DenseStep(dense, backbone)::apply);
        case EmbeddingModule.Normalize normalize -> steps.add(TokenProjection::normalize);
        case EmbeddingModule.Pooling _, EmbeddingModule.LayerNorm _ ->
            throw new IllegalArgumentException(
                "expected dense layers and normalisations, found " + modules);
      }
    }
    dimension = width;
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
      Matrix vectors = Vectors.gather(hidden, rows, arena);
      for (Step step : steps) {
        vectors = step.apply(vectors, arena);
      }
      return Vectors.results(vectors);
    }
  }
}

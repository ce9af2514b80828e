package io.github.modernbert.tasks;

import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.weights.EmbeddingModule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Computes the vector of a text from its hidden states by the modules of a sentence-transformers
 * folder.
 */
public final class EmbeddingHead {
  private final List<EmbeddingModule> modules;
  private final Pooler pooler;
  private final List<UnaryOperator<float[]>> steps = new ArrayList<>();
  private final int dimension;

  /**
   * Loads the modules' weights into the memory of the model.
   *
   * @param modules a pooling, then any others
   */
  public EmbeddingHead(List<EmbeddingModule> modules, Backbone backbone) {
    if (modules.isEmpty() || !(modules.getFirst() instanceof EmbeddingModule.Pooling pooling)) {
      throw new IllegalArgumentException("expected a pooling first, found " + modules);
    }
    this.modules = List.copyOf(modules);
    pooler = new Pooler(pooling);
    int width = backbone.config().hiddenSize();
    for (EmbeddingModule module : modules) {
      width = module.outputDimension(width);
      switch (module) {
        case EmbeddingModule.Pooling p -> {}
        case EmbeddingModule.Dense dense -> steps.add(new DenseStep(dense, backbone)::apply);
        case EmbeddingModule.LayerNorm norm -> steps.add(new LayerNormStep(norm, backbone)::apply);
        case EmbeddingModule.Normalize normalize -> steps.add(Vectors::normalize);
      }
    }
    dimension = width;
  }

  /** The steps of the head, in words. */
  public String steps() {
    return modules.stream().map(EmbeddingHead::describe).collect(Collectors.joining(", "));
  }

  private static String describe(EmbeddingModule module) {
    return switch (module) {
      case EmbeddingModule.Pooling pooling ->
          pooling.modes().stream().map(m -> m.key()).collect(Collectors.joining(" + "))
              + " pooling"
              + (pooling.includePrompt() ? "" : " without the prompt");
      case EmbeddingModule.Dense dense ->
          "dense " + dense.inFeatures() + " to " + dense.outFeatures();
      case EmbeddingModule.LayerNorm _ -> "layer norm";
      case EmbeddingModule.Normalize normalize -> "normalize";
    };
  }

  /** Whether the vector is made of all tokens, not of the first or the last one. */
  public boolean poolsEveryToken() {
    return pooler.poolsEveryToken();
  }

  /** Length of the vectors. */
  public int dimension() {
    return dimension;
  }

  /**
   * The vector of one text.
   *
   * @param hidden the rows of its tokens
   * @param promptTokens how many of them belong to the prompt
   * @param dimensions how many of the vector's dimensions to keep
   * @param normalize whether to scale the rest to length 1
   */
  public float[] apply(Matrix hidden, int promptTokens, int dimensions, boolean normalize) {
    float[] vector = pooler.pool(hidden, promptTokens);
    for (UnaryOperator<float[]> step : steps) {
      vector = step.apply(vector);
    }
    vector = Vectors.requireFinite(Arrays.copyOf(vector, dimensions));
    return normalize ? Vectors.normalize(vector) : vector;
  }
}

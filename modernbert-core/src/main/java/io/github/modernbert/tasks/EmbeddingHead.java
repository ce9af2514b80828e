package io.github.modernbert.tasks;

import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.weights.EmbeddingModule;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Computes the vector of a text from its hidden states by the modules of a sentence-transformers
 * folder. Those before the pooling work on each token's vector, those behind it on the text's.
 */
public final class EmbeddingHead {
  private final List<EmbeddingModule> modules;
  private final TokenSteps tokenSteps;
  private final Pooler pooler;
  private final List<UnaryOperator<float[]>> steps = new ArrayList<>();
  private final int dimension;

  /**
   * Loads the modules' weights into the memory of the model.
   *
   * @param modules among them one pooling
   */
  public EmbeddingHead(List<EmbeddingModule> modules, Backbone backbone) {
    this.modules = List.copyOf(modules);
    int place =
        IntStream.range(0, modules.size())
            .filter(i -> modules.get(i) instanceof EmbeddingModule.Pooling)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no pooling in " + modules));
    tokenSteps = new TokenSteps(modules.subList(0, place), backbone);
    pooler = new Pooler((EmbeddingModule.Pooling) modules.get(place));
    int width = backbone.config().hiddenSize();
    for (EmbeddingModule module : modules) {
      width = module.outputDimension(width);
    }
    dimension = width;
    for (EmbeddingModule module : modules.subList(place + 1, modules.size())) {
      steps.add(step(module, backbone));
    }
  }

  private static UnaryOperator<float[]> step(EmbeddingModule module, Backbone backbone) {
    return switch (module) {
      case EmbeddingModule.Dense dense -> new DenseStep(dense, backbone)::apply;
      case EmbeddingModule.LayerNorm norm -> new LayerNormStep(norm, backbone)::apply;
      case EmbeddingModule.Normalize _ -> Vectors::normalize;
      case EmbeddingModule.WeightedLayerPooling _,
          EmbeddingModule.WordWeights _,
          EmbeddingModule.Pooling _ ->
          throw new IllegalArgumentException("expected what works on texts, found " + module);
    };
  }

  /** The steps of the head, in words. */
  public String steps() {
    return modules.stream().map(EmbeddingHead::describe).collect(Collectors.joining(", "));
  }

  private static String describe(EmbeddingModule module) {
    return switch (module) {
      case EmbeddingModule.WeightedLayerPooling states ->
          "weighted mean of the states after %d to %d layers"
              .formatted(states.layerStart(), states.layers());
      case EmbeddingModule.WordWeights _ -> "weights of tokens";
      case EmbeddingModule.Pooling pooling ->
          pooling.modes().stream().map(m -> m.key()).collect(Collectors.joining(" + "))
              + " pooling"
              + (pooling.includePrompt() ? "" : " without the prompt");
      case EmbeddingModule.Dense dense ->
          "dense " + dense.inFeatures() + " to " + dense.outFeatures();
      case EmbeddingModule.LayerNorm _ -> "layer norm";
      case EmbeddingModule.Normalize _ -> "normalize";
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
   * @param ids of its tokens
   * @param hidden their rows
   * @param promptTokens how many of them belong to the prompt
   * @param dimensions how many of the vector's dimensions to keep
   * @param normalize whether to scale the rest to length 1
   */
  public float[] apply(
      int[] ids, Matrix hidden, int promptTokens, int dimensions, boolean normalize) {
    float[] vector = pooled(ids, hidden, promptTokens);
    for (UnaryOperator<float[]> step : steps) {
      vector = step.apply(vector);
    }
    vector = Vectors.requireFinite(Arrays.copyOf(vector, dimensions));
    return normalize ? Vectors.normalize(vector) : vector;
  }

  private float[] pooled(int[] ids, Matrix hidden, int promptTokens) {
    if (tokenSteps.isEmpty()) {
      return pooler.pool(hidden, promptTokens, OptionalDouble.empty());
    }
    try (Arena arena = Arena.ofConfined()) {
      return pooler.pool(
          tokenSteps.apply(ids, hidden, arena), promptTokens, tokenSteps.sumOfWeights(ids));
    }
  }
}

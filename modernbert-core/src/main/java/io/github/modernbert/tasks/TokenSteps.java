package io.github.modernbert.tasks;

import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.weights.EmbeddingModule;
import io.github.modernbert.weights.TokenWeights;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Applies modules to the vectors of a text's tokens before they are pooled: dense layers and norms,
 * and between them the tokens' own weights, if the model has such.
 */
final class TokenSteps {
  private final TokenProjection before;
  private final Optional<TokenWeights> weights;
  private final TokenProjection after;

  /** Loads the modules' weights into the memory of the model. */
  TokenSteps(List<EmbeddingModule> modules, Backbone backbone) {
    // The encoder averages its states itself.
    List<EmbeddingModule> steps =
        modules.stream()
            .filter(module -> !(module instanceof EmbeddingModule.WeightedLayerPooling))
            .toList();
    int weighing =
        IntStream.range(0, steps.size())
            .filter(i -> steps.get(i) instanceof EmbeddingModule.WordWeights)
            .findFirst()
            .orElse(steps.size());
    before = new TokenProjection(steps.subList(0, weighing), backbone);
    if (weighing == steps.size()) {
      weights = Optional.empty();
      after = new TokenProjection(List.of(), backbone);
    } else {
      weights = Optional.of(TokenWeights.read((EmbeddingModule.WordWeights) steps.get(weighing)));
      after = new TokenProjection(steps.subList(weighing + 1, steps.size()), backbone);
    }
  }

  /** Whether nothing is done. */
  boolean isEmpty() {
    return before.isEmpty() && weights.isEmpty();
  }

  /** The vectors to be pooled, in memory of the arena. */
  Matrix apply(int[] ids, Matrix hidden, Arena arena) {
    int[] all = IntStream.range(0, ids.length).toArray();
    Matrix vectors = before.apply(Vectors.gather(hidden, all, arena), arena);
    if (weights.isEmpty()) {
      return vectors;
    }
    for (int t = 0; t < ids.length; t++) {
      float weight = weights.get().of(ids[t]);
      float[] row = vectors.row(t);
      for (int i = 0; i < row.length; i++) {
        row[i] *= weight;
      }
      vectors.setRow(t, row);
    }
    return after.apply(vectors, arena);
  }

  /** The sum of the weights of all tokens, if they have such. */
  OptionalDouble sumOfWeights(int[] ids) {
    if (weights.isEmpty()) {
      return OptionalDouble.empty();
    }
    double sum = 0;
    for (int id : ids) {
      sum += weights.get().of(id);
    }
    return OptionalDouble.of(sum);
  }
}

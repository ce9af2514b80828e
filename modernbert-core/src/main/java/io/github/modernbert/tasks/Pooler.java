package io.github.modernbert.tasks;

import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.Reduction;
import io.github.modernbert.weights.EmbeddingModule.Pooling;
import io.github.modernbert.weights.PoolingMode;
import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * Pools the hidden states of a sequence's tokens into one vector (see sentence-transformers in
 * docs/model.md; {@code pooling.py} of sentence-transformers). Sums have the fixed shape of {@link
 * Reduction}, counted from the first token that takes part.
 */
final class Pooler {
  /** The least divisor of the reference's mean, whose number of tokens may be 0. */
  private static final float SMALLEST_DIVISOR = 1e-9f;

  private final Pooling pooling;

  Pooler(Pooling pooling) {
    this.pooling = pooling;
  }

  /** Whether no part of the vector is that of the first or the last token. */
  boolean poolsEveryToken() {
    return !pooling.modes().contains(PoolingMode.CLS)
        && !pooling.modes().contains(PoolingMode.LAST_TOKEN);
  }

  /**
   * Makes one vector of those of a sequence.
   *
   * @param hidden the rows of one sequence
   * @param promptTokens how many of them belong to the prompt
   * @param divisor what sums are divided by to give means, if it is not the number of tokens; the
   *     prompt's count in it
   */
  float[] pool(Matrix hidden, int promptTokens, OptionalDouble divisor) {
    int from = pooling.includePrompt() ? 0 : Math.min(promptTokens, hidden.rows());
    int width = hidden.columns();
    var pooled = new float[pooling.modes().size() * width];
    for (int i = 0; i < pooling.modes().size(); i++) {
      float[] part = pool(pooling.modes().get(i), hidden, from, divisor);
      System.arraycopy(part, 0, pooled, i * width, width);
    }
    return pooled;
  }

  private static float[] pool(PoolingMode mode, Matrix hidden, int from, OptionalDouble divisor) {
    int count = hidden.rows() - from;
    float tokens = atLeast((float) divisor.orElse(count));
    return switch (mode) {
      case CLS -> hidden.row(count == 0 ? 0 : from);
      case LAST_TOKEN -> count == 0 ? new float[hidden.columns()] : hidden.row(hidden.rows() - 1);
      case MAX -> max(hidden, from);
      case MEAN -> divided(sum(hidden, from, false), tokens);
      case MEAN_SQRT_LEN_TOKENS -> divided(sum(hidden, from, false), (float) Math.sqrt(tokens));
      case WEIGHTED_MEAN -> {
        // Positions count from the start of the sequence, whether or not the prompt takes part.
        long weights = (long) count * (from + 1 + hidden.rows()) / 2;
        yield divided(sum(hidden, from, true), atLeast((float) divisor.orElse(weights)));
      }
    };
  }

  private static float atLeast(float divisor) {
    return Math.max(divisor, SMALLEST_DIVISOR);
  }

  private static float[] max(Matrix hidden, int from) {
    var max = new float[hidden.columns()];
    Arrays.fill(max, Float.NEGATIVE_INFINITY);
    for (int t = from; t < hidden.rows(); t++) {
      for (int i = 0; i < max.length; i++) {
        max[i] = Math.max(max[i], hidden.get(t, i));
      }
    }
    return max;
  }

  private static float[] sum(Matrix hidden, int from, boolean byPosition) {
    var lanes = new float[Reduction.LANES][hidden.columns()];
    for (int t = from; t < hidden.rows(); t++) {
      float weight = byPosition ? t + 1 : 1;
      float[] lane = lanes[(t - from) % Reduction.LANES];
      for (int i = 0; i < lane.length; i++) {
        lane[i] = Math.fma(hidden.get(t, i), weight, lane[i]);
      }
    }
    for (int distance = Reduction.LANES / 2; distance > 0; distance /= 2) {
      for (int l = 0; l < distance; l++) {
        for (int i = 0; i < lanes[l].length; i++) {
          lanes[l][i] += lanes[l + distance][i];
        }
      }
    }
    return lanes[0];
  }

  private static float[] divided(float[] values, float divisor) {
    for (int i = 0; i < values.length; i++) {
      values[i] /= divisor;
    }
    return values;
  }
}

package io.github.modernbert.tasks;

import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.weights.SpladeSettings;
import io.github.modernbert.weights.SpladeSettings.PoolingStrategy;
import io.github.modernbert.weights.SpladeSettings.SpladeActivation;

/**
 * Computes a weight for each token of the vocabulary from its logits at all tokens of a text,
 * special ones included ({@code splade_pooling.py} of sentence-transformers). Logits are taken row
 * by row, so they are never held at once.
 */
public final class SpladePooler {
  private final MaskedLmHead head;
  private final SpladeSettings settings;

  /** Pools the logits of a head. */
  public SpladePooler(MaskedLmHead head, SpladeSettings settings) {
    this.head = head;
    this.settings = settings;
  }

  /** The weights of one text: one for each token of the vocabulary, 0 or more. */
  public float[] pool(Matrix hidden) {
    boolean max = settings.strategy() == PoolingStrategy.MAX;
    double[] pooled = head.reduce(hidden, max ? SpladePooler::max : this::sum);
    var weights = new float[pooled.length];
    for (int i = 0; i < weights.length; i++) {
      // The activation never falls, so that of the largest logit is the largest.
      weights[i] = (float) (max ? activation(pooled[i]) : pooled[i]);
    }
    return weights;
  }

  private static void max(float[] logits, int from, double[] result) {
    for (int i = 0; i < logits.length; i++) {
      result[from + i] = Math.max(result[from + i], logits[i]);
    }
  }

  private void sum(float[] logits, int from, double[] result) {
    for (int i = 0; i < logits.length; i++) {
      if (logits[i] > 0) {
        result[from + i] += activation(logits[i]);
      }
    }
  }

  private double activation(double positive) {
    double once = StrictMath.log1p(positive);
    return settings.activation() == SpladeActivation.RELU ? once : StrictMath.log1p(once);
  }
}

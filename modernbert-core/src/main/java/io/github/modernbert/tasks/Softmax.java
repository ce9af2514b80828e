package io.github.modernbert.tasks;

import io.github.modernbert.kernels.FloatMath;
import io.github.modernbert.kernels.Reduction;

/** Probabilities of alternatives. */
public final class Softmax {
  private Softmax() {}

  /** exp(x) over the sum of all, computed from the differences to the largest. */
  public static float[] of(float[] logits) {
    float largest = Float.NEGATIVE_INFINITY;
    for (float logit : logits) {
      largest = Math.max(largest, logit);
    }
    var scores = new float[logits.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = FloatMath.exp(logits[i] - largest);
    }
    float sum = Reduction.sum(scores);
    for (int i = 0; i < scores.length; i++) {
      scores[i] /= sum;
    }
    return scores;
  }
}

package io.github.modernbert.tasks;

import io.github.modernbert.kernels.FloatMath;
import io.github.modernbert.kernels.Reduction;

/** The softmax function. */
public final class Softmax {
  private Softmax() {}

  /** exp(x) divided by the sum of exp, computed from the differences to the largest. */
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

package io.github.modernbert.tasks;

import io.github.modernbert.kernels.FloatMath;

/** The probabilities of all tokens in one place; the sum is taken in float64 in ascending order. */
public final class TokenDistribution {
  private final float[] logits;
  private final float max;
  private final double sum;

  /**
   * @param logits at least one, not changed meanwhile
   */
  public TokenDistribution(float[] logits) {
    this.logits = logits;
    float largest = Float.NEGATIVE_INFINITY;
    for (float logit : logits) {
      largest = Math.max(largest, logit);
    }
    this.max = largest;
    double total = 0;
    for (float logit : logits) {
      total += FloatMath.exp(logit - largest);
    }
    this.sum = total;
  }

  /** From 0 to 1. */
  public float probability(int index) {
    return (float) (FloatMath.exp(logits[index] - max) / sum);
  }

  /** The natural logarithm of the probability. */
  public double logProbability(int index) {
    return (double) logits[index] - max - StrictMath.log(sum);
  }
}

package io.github.modernbert;

import java.util.List;

/**
 * How well a text fits a masked language model: the probability of each token when it alone is
 * masked (Salazar et al., arXiv:1910.14659). Special tokens do not count.
 *
 * @param tokens as they stand in the vocabulary
 * @param logProbabilities natural logarithms, one for each token
 * @param truncated whether the text was longer than what was read of it
 */
public record PseudoLikelihood(
    List<String> tokens, List<Double> logProbabilities, boolean truncated) {
  /** Copies the lists. */
  public PseudoLikelihood {
    tokens = List.copyOf(tokens);
    logProbabilities = List.copyOf(logProbabilities);
  }

  /** The pseudo-log-likelihood: the sum; 0 for a text without tokens. */
  public double logLikelihood() {
    double sum = 0;
    for (double value : logProbabilities) {
      sum += value;
    }
    return sum;
  }

  /** The pseudo-perplexity: e to the power of minus the mean; 1 for a text without tokens. */
  public double perplexity() {
    return StrictMath.exp(-logLikelihood() / Math.max(1, tokens.size()));
  }
}

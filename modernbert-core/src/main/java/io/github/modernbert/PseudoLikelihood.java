package io.github.modernbert;

import java.util.List;

/**
 * The probability of each token of a text when it alone is masked (Salazar et al.,
 * arXiv:1910.14659). Special tokens are left out.
 *
 * @param tokens the tokens, spelled as in the vocabulary
 * @param logProbabilities the natural logarithm of the probability of each token
 * @param truncated whether the text was too long and a part of it was not read
 */
public record PseudoLikelihood(
    List<String> tokens, List<Double> logProbabilities, boolean truncated) {
  /** Copies the lists. */
  public PseudoLikelihood {
    tokens = List.copyOf(tokens);
    logProbabilities = List.copyOf(logProbabilities);
  }

  /** The pseudo-log-likelihood, the sum of the logarithms; 0 for a text without tokens. */
  public double logLikelihood() {
    double sum = 0;
    for (double value : logProbabilities) {
      sum += value;
    }
    return sum;
  }

  /**
   * The pseudo-perplexity, exp of minus the mean of the logarithms; 1 for a text without tokens.
   */
  public double perplexity() {
    return StrictMath.exp(-logLikelihood() / Math.max(1, tokens.size()));
  }
}

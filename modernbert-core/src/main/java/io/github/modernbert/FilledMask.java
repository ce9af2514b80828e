package io.github.modernbert;

import java.util.List;

/**
 * The tokens that fit in place of one mask.
 *
 * @param start where the mask begins in the text, in chars
 * @param end where it ends
 * @param predictions best first
 */
public record FilledMask(int start, int end, List<TokenPrediction> predictions) {
  /** Copies the list. */
  public FilledMask {
    predictions = List.copyOf(predictions);
  }

  /** The best prediction. */
  public TokenPrediction best() {
    return predictions.getFirst();
  }
}

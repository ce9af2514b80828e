package io.github.modernbert;

import java.util.List;

/**
 * The predicted tokens for one mask.
 *
 * @param start UTF-16 index of the mask's first character in the text
 * @param end UTF-16 index after its last character
 * @param predictions the tokens, best first
 * @param truncated whether the text was too long and a part of it was not read
 */
public record FilledMask(int start, int end, List<TokenPrediction> predictions, boolean truncated) {
  /** Copies the list. */
  public FilledMask {
    predictions = List.copyOf(predictions);
  }

  /** The best prediction. */
  public TokenPrediction best() {
    return predictions.getFirst();
  }
}

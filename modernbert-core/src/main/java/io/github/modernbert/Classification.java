package io.github.modernbert;

import io.github.modernbert.tasks.Ranking;
import java.util.ArrayList;
import java.util.List;

/**
 * The labels of one input.
 *
 * @param labels best first; equal scores keep the order of the model or the caller
 * @param tokens the number of tokens read, special ones included
 * @param truncated whether the input was too long and a part of it was not read
 */
public record Classification(List<LabelScore> labels, int tokens, boolean truncated) {
  /** Copies the list. */
  public Classification {
    labels = List.copyOf(labels);
  }

  /** The label with the highest score. */
  public LabelScore best() {
    return labels.getFirst();
  }

  /** Labels with their scores, best first, at most so many. */
  static List<LabelScore> ranked(List<String> labels, float[] scores, int most) {
    var ranked = new ArrayList<LabelScore>();
    for (int i = 0; i < scores.length; i++) {
      ranked.add(new LabelScore(labels.get(i), scores[i]));
    }
    ranked.sort(Ranking.bestFirst(LabelScore::score));
    return ranked.subList(0, Math.min(most, ranked.size()));
  }
}

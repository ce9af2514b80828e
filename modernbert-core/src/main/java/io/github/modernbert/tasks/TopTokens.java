package io.github.modernbert.tasks;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/** The best tokens by a value that each token of the vocabulary has. */
public final class TopTokens {
  private TopTokens() {}

  /**
   * The ids of the largest values, largest first; of equal ones the smaller id first.
   *
   * @param candidates the ids to choose from
   * @param k at most so many
   */
  public static int[] of(float[] values, IntStream candidates, int k) {
    Comparator<Integer> best = Ranking.<Integer>bestFirst(id -> values[id]).thenComparing(id -> id);
    var kept = new PriorityQueue<Integer>(best.reversed());
    candidates.forEach(id -> {
      if (kept.size() < k) {
        kept.add(id);
      } else if (best.compare(id, kept.element()) < 0) {
        kept.remove();
        kept.add(id);
      }
    });
    return kept.stream().sorted(best).mapToInt(id -> id).toArray();
  }
}

package io.github.modernbert.vectors;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects the most similar pairs of a set that is compared with itself. Candidates are each
 * vector's nearest others; {@code paraphrase_mining_embeddings} of sentence-transformers 6.2.
 */
public final class PairMiner implements Comparison.Sink, Comparison.GroupListener {
  /** The best pair first: what is not a number last, of equal ones that of the smaller indices. */
  private static final Comparator<Pair> BEST_FIRST =
      Comparator.comparing(Pair::score, PairMiner::compareScores)
          .thenComparingInt(Pair::first)
          .thenComparingInt(Pair::second);

  /**
   * A pair.
   *
   * @param first the smaller index
   */
  public record Pair(int first, int second, float score) {
    private long key() {
      return (long) first << Integer.SIZE | second;
    }
  }

  private final int neighbours;
  private final int maxPairs;
  private final @Nullable TopHits[] top;
  private final PriorityQueue<Pair> kept = new PriorityQueue<>(BEST_FIRST.reversed());
  private final Set<Long> keys = new HashSet<>();

  /**
   * @param size how many vectors there are
   * @param neighbours how many others are considered for each
   * @param maxPairs how many pairs are kept
   */
  public PairMiner(int size, int neighbours, int maxPairs) {
    this.neighbours = neighbours;
    this.maxPairs = maxPairs;
    this.top = new @Nullable TopHits[size];
  }

  private static int compareScores(float a, float b) {
    if (a > b) {
      return -1;
    }
    return a < b ? 1 : Boolean.compare(Float.isNaN(a), Float.isNaN(b));
  }

  @Override
  public void scores(int query, int first, float[] scores, int count) {
    TopHits own = top[query];
    if (own == null) {
      own = new TopHits(Math.min(neighbours, top.length - 1));
      top[query] = own;
    }
    for (int i = 0; i < count; i++) {
      if (first + i != query) {
        own.offer(first + i, scores[i]);
      }
    }
  }

  @Override
  public void done(int from, int to) {
    for (int query = from; query < to; query++) {
      TopHits own = top[query];
      if (own != null) {
        int i = query;
        own.drain((j, score) -> add(new Pair(Math.min(i, j), Math.max(i, j), score)));
      }
    }
    Arrays.fill(top, from, to, null);
  }

  private void add(Pair pair) {
    if (!keys.add(pair.key())) {
      return;
    }
    kept.add(pair);
    if (kept.size() > maxPairs) {
      keys.remove(kept.remove().key());
    }
  }

  /** The pairs, best first. */
  public List<Pair> pairs() {
    return kept.stream().sorted(BEST_FIRST).toList();
  }
}

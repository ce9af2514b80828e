package io.github.modernbert.vectors;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects the neighbourhoods of a set that is compared with itself, and makes communities of them
 * that do not overlap; {@code community_detection} of sentence-transformers 6.2.
 */
public final class Communities implements Comparison.Sink, Comparison.GroupListener {
  private final float threshold;
  private final int minimumSize;

  /** What is close to each vector of the group under way. */
  private final @Nullable Neighbours[] close;

  private final List<Neighbourhood> found = new ArrayList<>();

  private record Neighbourhood(int centre, int[] members) {}

  /**
   * @param size how many vectors there are
   * @param threshold the least score of a neighbour
   * @param minimumSize of a community
   */
  public Communities(int size, float threshold, int minimumSize) {
    this.threshold = threshold;
    this.minimumSize = minimumSize;
    this.close = new @Nullable Neighbours[size];
  }

  @Override
  public void scores(int query, int first, float[] scores, int count) {
    Neighbours own = close[query];
    if (own == null) {
      own = new Neighbours();
      close[query] = own;
    }
    for (int i = 0; i < count; i++) {
      if (scores[i] >= threshold) {
        own.add(first + i, scores[i]);
      }
    }
  }

  @Override
  public void done(int from, int to) {
    for (int centre = from; centre < to; centre++) {
      Neighbours own = close[centre];
      if (own != null && own.size >= minimumSize) {
        found.add(new Neighbourhood(centre, own.mostSimilarFirst()));
      }
    }
    Arrays.fill(close, from, to, null);
  }

  /** The communities, the largest first. */
  public List<List<Integer>> disjoint() {
    // Sorting is stable: of neighbourhoods of one size that of the earlier centre goes first.
    found.sort(Comparator.comparingInt(n -> -n.members().length));
    var used = new BitSet();
    var communities = new ArrayList<List<Integer>>();
    for (Neighbourhood next : found) {
      if (!used.get(next.centre())) {
        int[] free = Arrays.stream(next.members()).filter(i -> !used.get(i)).toArray();
        if (free.length >= minimumSize) {
          var community = new ArrayList<>(List.of(next.centre()));
          Arrays.stream(free).filter(i -> i != next.centre()).forEach(community::add);
          community.forEach(used::set);
          communities.add(List.copyOf(community));
        }
      }
    }
    communities.sort(Comparator.comparingInt(c -> -c.size()));
    return List.copyOf(communities);
  }

  /** Vectors that are close to one. */
  private static final class Neighbours {
    private int[] indices = new int[8];
    private float[] scores = new float[8];
    private int size;

    void add(int index, float score) {
      if (size == indices.length) {
        indices = Arrays.copyOf(indices, 2 * size);
        scores = Arrays.copyOf(scores, 2 * size);
      }
      indices[size] = index;
      scores[size++] = score;
    }

    int[] mostSimilarFirst() {
      var sorted = new TopHits(size);
      sorted.offer(0, scores, size);
      var members = new ArrayList<Integer>(size);
      sorted.drain((place, score) -> members.add(indices[place]));
      return members.stream().mapToInt(i -> i).toArray();
    }
  }
}

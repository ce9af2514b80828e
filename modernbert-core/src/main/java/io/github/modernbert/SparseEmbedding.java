package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.Ranking;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;

/**
 * The sparse vector of one text: a weight for some tokens of the vocabulary, 0 for all others.
 * Immutable.
 */
public final class SparseEmbedding {
  private final List<TokenWeight> weights;
  private final int[] ids;
  private final float[] values;
  private final int tokens;
  private final boolean truncated;

  SparseEmbedding(List<TokenWeight> weights, int tokens, boolean truncated) {
    this.weights = List.copyOf(weights);
    this.tokens = tokens;
    this.truncated = truncated;
    List<TokenWeight> byId =
        weights.stream().sorted(Comparator.comparingInt(TokenWeight::id)).toList();
    this.ids = byId.stream().mapToInt(TokenWeight::id).toArray();
    this.values = new float[ids.length];
    for (int i = 0; i < ids.length; i++) {
      values[i] = byId.get(i).weight();
    }
  }

  /**
   * A sparse vector that was stored. The tokens' texts are not known: each is empty.
   *
   * @param ids of tokens, each once, in any order
   * @param weights of these tokens, finite and not 0
   * @throws IllegalArgumentException if an argument is null, they differ in length, or a value is
   *     not as said
   */
  public static SparseEmbedding of(int[] ids, float[] weights) {
    int size = Arguments.notNull(ids, "ids").length;
    if (Arguments.notNull(weights, "weights").length != size) {
      throw new IllegalArgumentException(
          "found %d ids and %d weights".formatted(size, weights.length));
    }
    var known = new HashSet<Integer>();
    var all = new ArrayList<TokenWeight>(size);
    for (int i = 0; i < size; i++) {
      if (ids[i] < 0 || !known.add(ids[i])) {
        throw new IllegalArgumentException(
            "ids[%d]: expected another one, from 0, found %d".formatted(i, ids[i]));
      }
      if (!Float.isFinite(weights[i]) || weights[i] == 0) {
        throw new IllegalArgumentException(
            "weights[%d]: expected a number other than 0, found %s".formatted(i, weights[i]));
      }
      all.add(new TokenWeight(ids[i], "", weights[i]));
    }
    all.sort(
        Ranking.<TokenWeight>bestFirst(TokenWeight::weight)
            .thenComparing(Comparator.comparingInt(TokenWeight::id)));
    return new SparseEmbedding(all, 0, false);
  }

  /** The weights that are not 0, largest first; of equal ones the smaller id first. */
  public List<TokenWeight> weights() {
    return weights;
  }

  /** How many weights are not 0. */
  public int size() {
    return ids.length;
  }

  /** The ids of the tokens whose weight is not 0, ascending; the caller's own. */
  public int[] ids() {
    return ids.clone();
  }

  /** The weights in the order of {@link #ids}; the caller's own. */
  public float[] values() {
    return values.clone();
  }

  /** How many tokens of the text were read, special ones included; 0 if that is not known. */
  public int tokens() {
    return tokens;
  }

  /** Whether the text was longer than the model takes. */
  public boolean truncated() {
    return truncated;
  }

  /** The sum of products over the tokens that both have, in ascending order in float64. */
  float dot(SparseEmbedding other) {
    double sum = 0;
    for (int i = 0, j = 0; i < ids.length && j < other.ids.length; ) {
      int order = Integer.compare(ids[i], other.ids[j]);
      if (order == 0) {
        sum += (double) values[i] * other.values[j];
      }
      i += order <= 0 ? 1 : 0;
      j += order >= 0 ? 1 : 0;
    }
    return (float) sum;
  }

  /** Whether the other one has the same weights, bit by bit. */
  @Override
  public boolean equals(Object other) {
    return other instanceof SparseEmbedding o
        && tokens == o.tokens
        && truncated == o.truncated
        && weights.equals(o.weights);
  }

  @Override
  public int hashCode() {
    return weights.hashCode();
  }

  /** The weights, for messages. */
  @Override
  public String toString() {
    return weights.toString();
  }
}

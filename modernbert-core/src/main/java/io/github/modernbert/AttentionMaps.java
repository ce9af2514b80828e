package io.github.modernbert;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The attention probabilities of one sequence in some layers of a model. Immutable and safe for use
 * by several threads.
 *
 * @see ModernBertModel#attentions
 */
public final class AttentionMaps {
  private final SortedMap<Integer, float[][][]> maps;
  private final int heads;

  AttentionMaps(SortedMap<Integer, float[][][]> maps, int heads) {
    this.maps = maps;
    this.heads = heads;
  }

  /** The indices of the layers that were asked for, ascending; the first layer is 0. */
  public SortedSet<Integer> layers() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(maps.keySet()));
  }

  /** The number of attention heads of each layer. */
  public int heads() {
    return heads;
  }

  /**
   * The attention probabilities of a head: softmax(Q Kᵀ / √head size). Row i holds the weights with
   * which token i takes up the values of each token. A row sums to 1; in a local layer it is 0
   * outside the window.
   *
   * @param layer the index of a layer, from 0
   * @param head the index of a head, from 0
   * @return tokens × tokens; the caller's own copy
   * @throws IllegalArgumentException if the layer was not asked for or has no such head
   */
  public float[][] map(int layer, int head) {
    float[][][] found = maps.get(layer);
    if (found == null) {
      throw new IllegalArgumentException(
          "layer %d was not asked for, only %s".formatted(layer, layers()));
    }
    if (head < 0 || head >= heads) {
      throw new IllegalArgumentException(
          "head: expected 0 to %d, found %d".formatted(heads - 1, head));
    }
    return Stream.of(found[head]).map(float[]::clone).toArray(float[][]::new);
  }
}

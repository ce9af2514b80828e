package io.github.modernbert;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which tokens the tokens of one sequence look at, in some layers of a model. Immutable.
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

  /** The layers that were asked for, ascending from 0. */
  public SortedSet<Integer> layers() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(maps.keySet()));
  }

  /** How many heads each layer has. */
  public int heads() {
    return heads;
  }

  /**
   * The attention probabilities of a head: row i tells how much token i takes from each token. Each
   * row sums to 1; in a local layer it is 0 outside the window.
   *
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

package io.github.modernbert;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The hidden states of one sequence between the layers of a model: the residual stream, before any
 * norm. Immutable and safe for use by several threads.
 *
 * @see ModernBertModel#hiddenStates(int[])
 */
public final class HiddenStates {
  private final SortedMap<Integer, float[][]> states;
  private final float[][] last;

  HiddenStates(SortedMap<Integer, float[][]> states, float[][] last) {
    this.states = states;
    this.last = last;
  }

  /** The numbers of layers after which states were kept, ascending. */
  public SortedSet<Integer> layers() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(states.keySet()));
  }

  /**
   * The states after a number of layers. For k below the number of layers of the model, {@code
   * after(k)} is {@code hidden_states[k]} of the reference, whose last entry is {@link #last}.
   *
   * @param layers 0 for the embeddings after their norm, up to the number of layers
   * @return tokens × hidden size; the caller's own copy
   * @throws IllegalArgumentException if these were not kept
   */
  public float[][] after(int layers) {
    float[][] found = states.get(layers);
    if (found == null) {
      throw new IllegalArgumentException(
          "states after %d layers were not kept, only after %s".formatted(layers, layers()));
    }
    return copy(found);
  }

  /** The last hidden states, after the final norm: tokens × hidden size; the caller's own copy. */
  public float[][] last() {
    return copy(last);
  }

  private static float[][] copy(float[][] rows) {
    return Stream.of(rows).map(float[]::clone).toArray(float[][]::new);
  }
}

package io.github.modernbert;

import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The vectors of several texts, in the order of the texts. Immutable. */
public final class Embeddings {
  private final int dimension;
  private final List<Embedding> embeddings;

  /** Length of each vector, computed when similarities are first asked for. */
  private volatile double @Nullable [] lengths;

  Embeddings(int dimension, List<Embedding> embeddings) {
    this.dimension = dimension;
    this.embeddings = List.copyOf(embeddings);
  }

  /** How many there are. */
  public int size() {
    return embeddings.size();
  }

  /** How many floats each vector has. */
  public int dimension() {
    return dimension;
  }

  /**
   * The vector of a text; the caller's own copy.
   *
   * @param index from 0 to size − 1
   * @throws IndexOutOfBoundsException if there is no such text
   */
  public float[] vector(int index) {
    return get(index).vector().clone();
  }

  /**
   * How many tokens of a text went into its vector, special ones included.
   *
   * @throws IndexOutOfBoundsException if there is no such text
   */
  public int tokens(int index) {
    return get(index).tokens();
  }

  /**
   * Whether a text was longer than the model takes.
   *
   * @throws IndexOutOfBoundsException if there is no such text
   */
  public boolean truncated(int index) {
    return get(index).truncated();
  }

  /** All vectors; the caller's own copy. */
  public float[][] toArray() {
    return embeddings.stream().map(e -> e.vector().clone()).toArray(float[][]::new);
  }

  /** All vectors with their token counts, as an unmodifiable list. */
  public List<Embedding> asList() {
    return new AbstractList<>() {
      @Override
      public Embedding get(int index) {
        Embedding e = Embeddings.this.get(index);
        return new Embedding(e.vector().clone(), e.tokens(), e.truncated());
      }

      @Override
      public int size() {
        return embeddings.size();
      }
    };
  }

  /** The vector of a text itself, not to be changed. */
  float[] values(int index) {
    return get(index).vector();
  }

  /** The Euclidean length of a text's vector. */
  double length(int index) {
    double[] known = lengths;
    if (known == null) {
      known = embeddings.stream().mapToDouble(e -> Similarity.length(e.vector())).toArray();
      lengths = known;
    }
    return known[index];
  }

  private Embedding get(int index) {
    return embeddings.get(Objects.checkIndex(index, embeddings.size()));
  }
}

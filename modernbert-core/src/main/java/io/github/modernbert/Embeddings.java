package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.vectors.VectorRows;
import io.github.modernbert.vectors.VectorSet;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;

/**
 * The vectors of several texts, in the order of the texts; or vectors that were stored, whose texts
 * are not known. Immutable.
 *
 * <p>{@link Similarity} compares them, {@link VectorFiles} saves and loads them, {@link
 * QuantizedEmbeddings} makes them small.
 */
public final class Embeddings {
  private final VectorSet vectors;

  /** Tokens of each text; empty if the texts are not known. */
  private final int[] tokens;

  private final BitSet truncated;

  private Embeddings(VectorRows rows, int[] tokens, BitSet truncated) {
    this.vectors = new VectorSet(rows);
    this.tokens = tokens;
    this.truncated = truncated;
  }

  Embeddings(int dimension, List<Embedding> embeddings) {
    this(
        new VectorRows.InMemory(
            dimension, embeddings.stream().map(Embedding::vector).toArray(float[][]::new)),
        embeddings.stream().mapToInt(Embedding::tokens).toArray(),
        new BitSet());
    for (int i = 0; i < embeddings.size(); i++) {
      truncated.set(i, embeddings.get(i).truncated());
    }
  }

  /** Vectors without their texts. */
  static Embeddings of(VectorRows rows) {
    return new Embeddings(rows, new int[0], new BitSet());
  }

  /**
   * Vectors that come from somewhere else, such as a database. Any values are taken, NaN and
   * infinities too; see {@link Similarity} for what comes of them.
   *
   * @param vectors at least one, all of the same length, which is at least 1; they are copied
   * @throws IllegalArgumentException if an argument is null, or they are not as said
   */
  public static Embeddings of(float[][] vectors) {
    float[][] copy = Arguments.notNull(vectors, "vectors").clone();
    for (int i = 0; i < copy.length; i++) {
      copy[i] = Arguments.element(copy[i], "vectors", i).clone();
    }
    if (copy.length == 0 || copy[0].length == 0) {
      throw new IllegalArgumentException(
          "vectors: expected at least one, of at least one dimension, found "
              + (copy.length == 0 ? "none" : "none in vectors[0]"));
    }
    int dimension = copy[0].length;
    for (int i = 0; i < copy.length; i++) {
      if (copy[i].length != dimension) {
        throw new IllegalArgumentException(
            "vectors[%d]: expected %d dimensions as vectors[0] has, found %d"
                .formatted(i, dimension, copy[i].length));
      }
    }
    return of(new VectorRows.InMemory(dimension, copy));
  }

  /**
   * Vectors that lie one after the other in an array.
   *
   * @param matrix vectors × dimension floats, which are copied; an empty array is no vectors
   * @param dimension how many floats each vector has, at least 1
   * @throws IllegalArgumentException if the array is null, or its length is no multiple of the
   *     dimension
   */
  public static Embeddings of(float[] matrix, int dimension) {
    Arguments.notNull(matrix, "matrix");
    Arguments.requirePositive("dimension", dimension);
    if (matrix.length % dimension != 0) {
      throw new IllegalArgumentException(
          "matrix: expected a multiple of %d floats, found %d".formatted(dimension, matrix.length));
    }
    var rows = new float[matrix.length / dimension][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOfRange(matrix, i * dimension, (i + 1) * dimension);
    }
    return of(new VectorRows.InMemory(dimension, rows));
  }

  /** How many there are. */
  public int size() {
    return rows().size();
  }

  /** How many floats each vector has. */
  public int dimension() {
    return rows().dimension();
  }

  /**
   * The vector of a text; the caller's own copy.
   *
   * @param index from 0 to size − 1
   * @throws IndexOutOfBoundsException if there is no such text
   */
  public float[] vector(int index) {
    return rows().row(index).clone();
  }

  /**
   * How many tokens of a text went into its vector, special ones included; 0 if that is not known,
   * as of stored vectors.
   *
   * @throws IndexOutOfBoundsException if there is no such text
   */
  public int tokens(int index) {
    Objects.checkIndex(index, size());
    return tokens.length == 0 ? 0 : tokens[index];
  }

  /**
   * Whether a text was longer than the model takes; false if that is not known.
   *
   * @throws IndexOutOfBoundsException if there is no such text
   */
  public boolean truncated(int index) {
    return truncated.get(Objects.checkIndex(index, size()));
  }

  /** All vectors; the caller's own copy. */
  public float[][] toArray() {
    var array = new float[size()][];
    Arrays.setAll(array, this::vector);
    return array;
  }

  /** All vectors with their token counts, as an unmodifiable list. */
  public List<Embedding> asList() {
    return new AbstractList<>() {
      @Override
      public Embedding get(int index) {
        return new Embedding(vector(index), tokens(index), truncated(index));
      }

      @Override
      public int size() {
        return Embeddings.this.size();
      }
    };
  }

  VectorRows rows() {
    return vectors.rows();
  }

  /** The vectors as searches take them. */
  VectorSet set() {
    return vectors;
  }
}

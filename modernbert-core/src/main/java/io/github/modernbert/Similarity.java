package io.github.modernbert;

import io.github.modernbert.kernels.Reduction;
import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.Ranking;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Compares vectors. Sums have one fixed shape, so results are the same on every machine.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="similarity"}
 */
public final class Similarity {
  private Similarity() {}

  /**
   * A hit of a search.
   *
   * @param index which of the vectors
   * @param score its similarity to the query
   */
  public record Hit(int index, float score) {}

  /**
   * The cosine of the angle between two vectors, from −1 to 1; 0 if one of them is zero; NaN if a
   * value is NaN or infinite, or so large that a sum of products is.
   *
   * @throws IllegalArgumentException if they differ in length
   */
  public static float cosine(float[] a, float[] b) {
    return cosine(dot(a, b), length(a) * length(b));
  }

  private static float cosine(float product, double lengths) {
    return lengths == 0 ? 0 : (float) Math.clamp(product / lengths, -1.0, 1.0);
  }

  static double length(float[] vector) {
    return Math.sqrt(Reduction.dot(vector, vector));
  }

  /**
   * The sum of products: the cosine of vectors of length 1, at less cost.
   *
   * @throws IllegalArgumentException if they differ in length
   */
  public static float dot(float[] a, float[] b) {
    Arguments.notNull(a, "a");
    Arguments.notNull(b, "b");
    if (a.length != b.length) {
      throw new IllegalArgumentException(
          "vectors of %d and %d dimensions cannot be compared".formatted(a.length, b.length));
    }
    return Reduction.dot(a, b);
  }

  /** The sum of products of two sparse vectors: 0 if they have no token in common. */
  public static float dot(SparseEmbedding a, SparseEmbedding b) {
    return Arguments.notNull(a, "a").dot(Arguments.notNull(b, "b"));
  }

  /**
   * The cosine of each of the vectors with each other.
   *
   * @return a symmetric matrix
   */
  public static float[][] cosineMatrix(Embeddings vectors) {
    Arguments.notNull(vectors, "vectors");
    var matrix = new float[vectors.size()][vectors.size()];
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j <= i; j++) {
        float product = dot(vectors.values(i), vectors.values(j));
        matrix[i][j] = cosine(product, vectors.length(i) * vectors.length(j));
        matrix[j][i] = matrix[i][j];
      }
    }
    return matrix;
  }

  /**
   * The k vectors that are most similar to the query by cosine, best first; of equal ones the
   * earlier first. Those whose cosine is NaN come last.
   *
   * @param k from 1; more than there are vectors gives all
   * @throws IllegalArgumentException if k is below 1 or the dimensions differ
   */
  public static List<Hit> topK(float[] query, Embeddings vectors, int k) {
    if (k < 1) {
      throw new IllegalArgumentException("k must be at least 1, found " + k);
    }
    Arguments.notNull(query, "query");
    Arguments.notNull(vectors, "vectors");
    Comparator<Hit> best =
        Ranking.<Hit>bestFirst(Hit::score).thenComparing(Comparator.comparingInt(Hit::index));
    double length = length(query);
    var kept = new PriorityQueue<Hit>(best.reversed());
    for (int i = 0; i < vectors.size(); i++) {
      float product = dot(query, vectors.values(i));
      kept.add(new Hit(i, cosine(product, length * vectors.length(i))));
      if (kept.size() > k) {
        kept.remove();
      }
    }
    var hits = new ArrayList<>(kept);
    hits.sort(best);
    return List.copyOf(hits);
  }
}

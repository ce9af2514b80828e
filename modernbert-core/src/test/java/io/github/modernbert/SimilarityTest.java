package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SimilarityTest {
  private static final Embeddings VECTORS = vectors(new float[][] {{1, 0}, {0, 2}, {3, 3}, {1, 0}});

  private static Embeddings vectors(float[][] rows) {
    return new Embeddings(
        rows[0].length, List.of(rows).stream().map(r -> new Embedding(r, 3, false)).toList());
  }

  @Test
  void cosines() {
    assertEquals(0f, Similarity.cosine(new float[] {1, 0}, new float[] {0, 5}));
    assertEquals(-1f, Similarity.cosine(new float[] {1, 1}, new float[] {-3, -3}), 1e-7f);
    assertEquals(0f, Similarity.cosine(new float[] {0, 0}, new float[] {1, 1}));
    assertEquals(1f, Similarity.cosine(new float[] {1e-20f, 0}, new float[] {1, 0}), 1e-6f);
    assertEquals(11f, Similarity.dot(new float[] {1, 2}, new float[] {3, 4}), "1 * 3 + 2 * 4");
    assertThrows(IllegalArgumentException.class, () -> Similarity.dot(new float[1], new float[2]));
  }

  @Test
  void matrixIsSymmetric() {
    float[][] matrix = Similarity.cosineMatrix(VECTORS);
    assertEquals(1f, matrix[3][0]);
    assertEquals(matrix[2][0], matrix[0][2]);
    assertEquals(Math.sqrt(0.5), matrix[1][2], 1e-6);
  }

  @Test
  void topKIsOrderedByScoreThenIndex() {
    List<Similarity.Hit> hits = Similarity.topK(new float[] {1, 0}, VECTORS, 3);
    assertEquals(List.of(0, 3, 2), hits.stream().map(Similarity.Hit::index).toList());
    assertEquals(4, Similarity.topK(new float[] {1, 0}, VECTORS, 100).size());
    assertEquals(
        List.of(0, 1, 2, 3), order(Similarity.topK(new float[] {0, 0}, VECTORS, 4)), "all are 0");
    assertThrows(
        IllegalArgumentException.class, () -> Similarity.topK(new float[] {1, 0}, VECTORS, 0));
  }

  @Test
  void whatIsNotANumberComesLastInItsOrder() {
    Embeddings vectors =
        vectors(
            new float[][] {
              {Float.NaN, 1}, {-1, 0}, {Float.POSITIVE_INFINITY, 0}, {1, 0}, {0, Float.NaN}, {1, 1}
            });
    float[] query = {1, 0};
    assertEquals(List.of(3, 5, 1, 0, 2, 4), order(Similarity.topK(query, vectors, 6)));
    assertEquals(List.of(3, 5, 1, 0), order(Similarity.topK(query, vectors, 4)));
    assertEquals(
        List.of(0, 1), order(Similarity.topK(new float[] {Float.NaN, 0}, vectors, 2)), "all NaN");
    assertTrue(Float.isNaN(Similarity.cosine(query, vectors.vector(2))));
  }

  @Test
  void signsOfZerosDoNotCount() {
    Embeddings vectors = vectors(new float[][] {{-0f, -1}, {0, 1}, {-0f, 1}});
    assertEquals(List.of(0, 1, 2), order(Similarity.topK(new float[] {1, 0}, vectors, 3)));
  }

  @Test
  void vectorsAreNotCopiedToBeCompared() {
    var rows = new float[100][1000];
    Embeddings many = vectors(rows);
    float[] query = new float[1000];
    Similarity.topK(query, many, 1);
    long before = allocated();
    Similarity.topK(query, many, 1);
    Similarity.cosineMatrix(many);
    long one = allocated() - before;
    assertTrue(one < 100L * 100 * 200, "bytes allocated: " + one);
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  private static List<Integer> order(List<Similarity.Hit> hits) {
    return hits.stream().map(Similarity.Hit::index).toList();
  }
}

package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.modernbert.config.SimilarityFunction;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  @Test
  void scoresHaveTheSameBitsAloneAndInAnySearch(@TempDir Path folder) throws IOException {
    var random = new Random(5);
    for (int dimension : new int[] {1, 7, 8, 64, 65, 130, 384}) {
      var rows = new float[1030][dimension];
      for (float[] row : rows) {
        for (int d = 0; d < dimension; d++) {
          row[d] = (float) random.nextGaussian();
        }
      }
      Embeddings vectors = Embeddings.of(rows);
      Path file = folder.resolve(dimension + ".npy");
      VectorFiles.save(vectors, file);
      Embeddings mapped = VectorFiles.map(file);
      // Enough queries for products that are made with the kernels of models.
      Embeddings queries = Embeddings.of(Arrays.copyOf(rows, 70));
      for (SimilarityFunction function : SimilarityFunction.values()) {
        CompareOptions options = CompareOptions.defaults().function(function);
        float[][] matrix = Similarity.matrix(queries, vectors, options.threads(3));
        List<List<Similarity.Hit>> all =
            Similarity.semanticSearch(queries, vectors, 2000, options.threads(1));
        assertEquals(all, Similarity.semanticSearch(queries, mapped, 2000, options.threads(2)));
        for (int q = 0; q < queries.size(); q += 7) {
          List<Similarity.Hit> alone = Similarity.topK(rows[q], vectors, 2000, function);
          assertEquals(alone, all.get(q));
          assertEquals(alone, Similarity.topK(rows[q], mapped, 2000, function));
          for (Similarity.Hit hit : alone) {
            assertEquals(Similarity.score(function, rows[q], rows[hit.index()]), hit.score());
            assertEquals(matrix[q][hit.index()], hit.score());
          }
        }
      }
    }
  }

  @Test
  void zerosOfUnderflowHaveNoSign() {
    float[] a = new float[200];
    float[] b = new float[200];
    Arrays.fill(a, Float.MIN_VALUE);
    Arrays.fill(b, -Float.MIN_VALUE);
    var rows = new float[64][];
    Arrays.fill(rows, a);
    Embeddings many = Embeddings.of(rows);
    Embeddings one = Embeddings.of(new float[][] {b});
    int zero = Float.floatToIntBits(0f);
    assertEquals(zero, Float.floatToIntBits(Similarity.dot(a, b)));
    CompareOptions dot = CompareOptions.defaults().function(SimilarityFunction.DOT);
    assertEquals(zero, Float.floatToIntBits(Similarity.matrix(many, one, dot)[9][0]));
  }

  @Test
  void productsOfIntegersAreExact() {
    var random = new Random(6);
    for (VectorPrecision precision : List.of(VectorPrecision.INT8, VectorPrecision.UINT8)) {
      for (int dimension : new int[] {1, 6, 384, 1100}) {
        var rows = new byte[600][dimension];
        for (byte[] row : rows) {
          random.nextBytes(row);
        }
        // The largest sums: 255 · 255, or 128 · 128, in each dimension.
        Arrays.fill(rows[599], (byte) (precision == VectorPrecision.INT8 ? -128 : 255));
        QuantizedEmbeddings vectors = QuantizedEmbeddings.of(rows, precision, dimension);
        for (Similarity.Hit hit : Similarity.topK(rows[599], vectors, 600)) {
          long expected = 0;
          for (int d = 0; d < dimension; d++) {
            int a = rows[599][d];
            int b = rows[hit.index()][d];
            expected += precision == VectorPrecision.INT8 ? a * b : (a & 0xFF) * (b & 0xFF);
          }
          assertEquals((float) expected, hit.score());
        }
      }
    }
  }

  @Test
  void distancesAreNegative() {
    float[] a = {1, 2};
    float[] b = {4, -2};
    assertEquals(-5f, Similarity.score(SimilarityFunction.EUCLIDEAN, a, b));
    assertEquals(-7f, Similarity.score(SimilarityFunction.MANHATTAN, a, b));
    assertEquals(
        Float.floatToIntBits(0f),
        Float.floatToIntBits(Similarity.score(SimilarityFunction.EUCLIDEAN, a, a)));
  }

  @Test
  void pairsAndCommunitiesOfFewVectors() {
    CompareOptions options = CompareOptions.defaults();
    Embeddings one = Embeddings.of(new float[][] {{1, 2}});
    assertEquals(List.of(), Similarity.paraphraseMining(one, 3, 3, options));
    assertEquals(List.of(List.of(0)), Similarity.communityDetection(one, 0.5f, 1, options));
    assertEquals(List.of(), Similarity.communityDetection(one, 0.5f, 2, options));
    Embeddings none = Embeddings.of(new float[0], 2);
    assertEquals(List.of(), Similarity.communityDetection(none, 0.5f, 1, options));
    assertEquals(List.of(), Similarity.topK(new float[2], none, 4));
    assertEquals(List.of(List.of()), Similarity.semanticSearch(one, none, 3, options));
    Embeddings equal = Embeddings.of(new float[][] {{1, 1}, {2, 2}, {Float.NaN, 1}, {1, 1}});
    assertEquals(
        List.of(List.of(0, 1), List.of(0, 3), List.of(1, 3), List.of(0, 2)),
        Similarity.paraphraseMining(equal, 3, 4, options).stream()
            .map(pair -> List.of(pair.first(), pair.second()))
            .toList());
  }

  @Test
  void progressCountsPairsAndInterruptionEndsASearch() {
    Embeddings many = Embeddings.of(new float[1500], 1);
    var done = new ArrayList<Progress>();
    Similarity.semanticSearch(many, many, 1, CompareOptions.defaults().progress(done::add));
    assertEquals(1500L * 1500, done.getLast().done());
    assertEquals(1500L * 1500, done.getLast().total().orElseThrow());
    Thread.currentThread().interrupt();
    assertThrows(
        CancellationException.class,
        () -> Similarity.semanticSearch(many, many, 1, CompareOptions.defaults()));
    assertTrue(Thread.interrupted());
  }

  @Test
  void vectorsFromElsewhereAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> Embeddings.of(new float[0][]));
    assertThrows(IllegalArgumentException.class, () -> Embeddings.of(new float[3], 2));
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> Embeddings.of(new float[][] {{1}, {1, 2}}));
    assertEquals("vectors[1]: expected 1 dimensions as vectors[0] has, found 2", e.getMessage());
    float[][] rows = {{1, 2}};
    Embeddings copied = Embeddings.of(rows);
    rows[0][0] = 9;
    assertEquals(1f, copied.vector(0)[0]);
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  private static List<Integer> order(List<Similarity.Hit> hits) {
    return hits.stream().map(Similarity.Hit::index).toList();
  }
}

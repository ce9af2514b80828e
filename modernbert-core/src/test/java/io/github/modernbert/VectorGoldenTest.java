package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.modernbert.config.SimilarityFunction;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.weights.Checkpoint;
import io.github.modernbert.weights.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Vectors against {@code sentence_transformers.util}; {@code make_vectors.py} made the data. */
final class VectorGoldenTest {
  private static final Path TOP = Golden.project().resolve("src-test-data/golden-extra/vectors");

  /** Scores of the reference that differ by less may be ranked either way. */
  private static final float TIE = 4e-6f;

  private static List<Path> cases() {
    return Golden.folders(TOP, "results.json", "vectors.safetensors").stream()
        .filter(folder -> !folder.endsWith("quantized"))
        .toList();
  }

  private static Embeddings embeddings(Checkpoint file, String name) {
    Tensor tensor = file.tensor(name);
    return Embeddings.of(tensor.toFloats(), (int) (long) tensor.shape().get(1));
  }

  private static SimilarityFunction function(String name) {
    return SimilarityFunction.named(name).orElseThrow();
  }

  @Test
  void scoresAreAsNearToTheTruthAsThoseOfTheReference() {
    int scores = 0;
    for (Path folder : cases()) {
      try (var file = Checkpoint.open(folder.resolve("vectors.safetensors"))) {
        Embeddings corpus = embeddings(file, "corpus");
        Embeddings queries = embeddings(file, "queries");
        for (SimilarityFunction function : SimilarityFunction.values()) {
          String name = function.name().toLowerCase(Locale.ROOT);
          float[] reference = file.tensor(name + ".hf32").toFloats();
          float[] truth = file.tensor(name + ".truth").toFloats();
          CompareOptions options = CompareOptions.defaults().function(function).threads(2);
          float[][] matrix = Similarity.matrix(queries, corpus, options);
          double scale = 0;
          double worst = 0;
          double allowed = 0;
          for (int i = 0; i < truth.length; i++) {
            float actual = matrix[i / corpus.size()][i % corpus.size()];
            scale = Math.max(scale, Math.abs(truth[i]));
            worst = Math.max(worst, Math.abs((double) actual - truth[i]));
            allowed = Math.max(allowed, Math.abs((double) reference[i] - truth[i]));
          }
          assertTrue(
              worst <= Math.max(1.5 * allowed, scale * 0x1p-23),
              "%s, %s: %s, the reference %s".formatted(folder, name, worst, allowed));
          scores += truth.length;
        }
      }
    }
    Golden.report("scores of vectors", scores);
  }

  @Test
  void searchesFindWhatTheReferenceFinds() {
    int queries = 0;
    for (Path folder : cases()) {
      JsonObject found = results(folder).getAsJsonObject("search");
      try (var file = Checkpoint.open(folder.resolve("vectors.safetensors"))) {
        for (String name : found.keySet()) {
          CompareOptions options = CompareOptions.defaults().function(function(name));
          List<List<Similarity.Hit>> hits =
              Similarity.semanticSearch(
                  embeddings(file, "queries"), embeddings(file, "corpus"), 12, options);
          JsonArray expected = found.getAsJsonArray(name);
          assertEquals(expected.size(), hits.size());
          for (int q = 0; q < hits.size(); q++) {
            assertSameRanking(expected.get(q).getAsJsonArray(), hits.get(q), folder + " " + name);
            queries++;
          }
        }
      }
    }
    Golden.report("semantic searches", queries);
  }

  private static JsonObject results(Path folder) {
    return Golden.json(folder.resolve("results.json")).getAsJsonObject();
  }

  /** Compares scores by rank, and which vector it is unless another one's score is as good. */
  private static void assertSameRanking(
      JsonArray expected, List<Similarity.Hit> hits, String place) {
    assertEquals(expected.size(), hits.size(), place);
    var scores = new TreeMap<Integer, Float>();
    for (JsonElement e : expected) {
      scores.put(e.getAsJsonArray().get(0).getAsInt(), e.getAsJsonArray().get(1).getAsFloat());
    }
    float last = hits.getLast().score();
    for (int i = 0; i < hits.size(); i++) {
      Similarity.Hit hit = hits.get(i);
      float score = expected.get(i).getAsJsonArray().get(1).getAsFloat();
      float tie = TIE * Math.max(1, Math.abs(score));
      assertEquals(score, hit.score(), tie, place + " " + i);
      Float own = scores.get(hit.index());
      assertTrue(
          own == null ? Math.abs(hit.score() - last) <= tie : Math.abs(own - hit.score()) <= tie,
          place + ": " + hit + " of " + scores);
    }
  }

  @Test
  void pairsAreThoseOfTheReference() {
    int pairs = 0;
    for (Path folder : cases()) {
      JsonObject found = results(folder).getAsJsonObject("pairs");
      try (var file = Checkpoint.open(folder.resolve("vectors.safetensors"))) {
        for (String name : found.keySet()) {
          CompareOptions options = CompareOptions.defaults().function(function(name));
          List<Similarity.Pair> mined =
              Similarity.paraphraseMining(embeddings(file, "corpus"), 9, 60, options);
          JsonArray expected = found.getAsJsonArray(name);
          assertEquals(expected.size(), mined.size());
          var known = new TreeMap<String, Float>();
          for (JsonElement e : expected) {
            JsonArray pair = e.getAsJsonArray();
            known.put(pair.get(0) + " " + pair.get(1), pair.get(2).getAsFloat());
          }
          float worst = mined.getLast().score();
          for (int i = 0; i < mined.size(); i++) {
            Similarity.Pair pair = mined.get(i);
            float score = expected.get(i).getAsJsonArray().get(2).getAsFloat();
            float tie = TIE * Math.max(1, Math.abs(score));
            assertEquals(score, pair.score(), tie, folder + " " + name + " " + i);
            boolean isKnown = known.containsKey(pair.first() + " " + pair.second());
            assertTrue(isKnown || pair.score() - worst <= tie, folder + " " + name + ": " + pair);
            pairs++;
          }
        }
      }
    }
    Golden.report("mined pairs", pairs);
  }

  @Test
  void communitiesAreThoseOfTheReference() {
    int communities = 0;
    for (Path folder : cases()) {
      try (var file = Checkpoint.open(folder.resolve("vectors.safetensors"))) {
        for (JsonElement e : results(folder).getAsJsonArray("communities")) {
          JsonObject wanted = e.getAsJsonObject();
          List<List<Integer>> found =
              Similarity.communityDetection(
                  embeddings(file, "corpus"),
                  wanted.get("threshold").getAsFloat(),
                  wanted.get("minimum_size").getAsInt(),
                  CompareOptions.defaults());
          var expected = new ArrayList<List<Integer>>();
          for (JsonElement community : wanted.getAsJsonArray("communities")) {
            expected.add(
                community.getAsJsonArray().asList().stream().map(JsonElement::getAsInt).toList());
          }
          assertEquals(expected.size(), found.size(), folder + " " + wanted.get("threshold"));
          for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i).getFirst(), found.get(i).getFirst(), "centre");
            assertEquals(
                expected.get(i).stream().sorted().toList(),
                found.get(i).stream().sorted().toList());
            communities++;
          }
        }
      }
    }
    Golden.report("communities", communities);
  }

  @Test
  void quantizedVectorsAreTheSameBytes() {
    try (var file = Checkpoint.open(TOP.resolve("quantized/vectors.safetensors"))) {
      Embeddings vectors = embeddings(file, "vectors");
      Embeddings given = embeddings(file, "ranges");
      QuantizationRanges calibrated = QuantizationRanges.of(embeddings(file, "calibration"));
      QuantizationRanges ranges = QuantizationRanges.of(given.vector(0), given.vector(1));
      for (VectorPrecision precision : VectorPrecision.values()) {
        assertBytes(file, precision.key() + ".own", QuantizedEmbeddings.of(vectors, precision));
        if (!precision.isBinary()) {
          assertBytes(
              file,
              precision.key() + ".calibration",
              QuantizedEmbeddings.of(vectors, precision, calibrated));
          assertBytes(
              file,
              precision.key() + ".ranges",
              QuantizedEmbeddings.of(vectors, precision, ranges));
        }
      }
    }
  }

  private static void assertBytes(Checkpoint file, String name, QuantizedEmbeddings actual) {
    Tensor tensor = file.tensor(name);
    int width = (int) (long) tensor.shape().get(1);
    for (int i = 0; i < actual.size(); i++) {
      var expected = new byte[width];
      tensor.readBytes((long) i * width, expected);
      assertArrayEquals(expected, actual.bytes(i), name + " " + i);
    }
  }

  @Test
  void quantizedSearchesAreRescoredAsInTheReference() {
    JsonObject results = results(TOP.resolve("quantized"));
    try (var file = Checkpoint.open(TOP.resolve("quantized/vectors.safetensors"))) {
      Embeddings vectors = embeddings(file, "vectors");
      Embeddings queries = embeddings(file, "queries");
      Embeddings given = embeddings(file, "ranges");
      QuantizationRanges ranges = QuantizationRanges.of(given.vector(0), given.vector(1));
      for (VectorPrecision precision : VectorPrecision.values()) {
        QuantizedEmbeddings quantized =
            precision.isBinary()
                ? QuantizedEmbeddings.of(vectors, precision)
                : QuantizedEmbeddings.of(vectors, precision, ranges);
        JsonArray expected = results.getAsJsonArray(precision.key());
        for (int q = 0; q < queries.size(); q++) {
          List<Similarity.Hit> hits = Similarity.topK(queries.vector(q), quantized, 5, 4);
          List<Float> scores = hits.stream().map(Similarity.Hit::score).toList();
          for (int i = 0; i < 5; i++) {
            JsonArray hit = expected.get(q).getAsJsonArray().get(i).getAsJsonArray();
            assertEquals(
                hit.get(1).getAsFloat(),
                scores.get(i),
                1e-5f * Math.abs(scores.get(i)),
                precision + ", query " + q + ", hit " + i + ": " + hits);
          }
        }
      }
    }
  }
}

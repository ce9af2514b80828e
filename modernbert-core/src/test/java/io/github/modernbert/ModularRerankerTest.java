package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.testdata.Accuracy;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.testdata.ModelCopy;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Rerankers made of modules: Transformer, Pooling, Dense, LayerNorm, and a Dense for scores. */
final class ModularRerankerTest {
  private static final CrossEncoderOptions LOGITS =
      CrossEncoderOptions.defaults().scoreFunction(ScoreFunction.NONE);

  @TempDir Path temporary;

  private static Path folder(String name) {
    return Golden.root().resolve("rerankers").resolve(name);
  }

  @TestFactory
  Stream<DynamicTest> scoresAgreeWithTheReference() {
    List<Path> folders = Golden.folders("rerankers", "cases.json");
    Golden.report("rerankers made of modules", folders.size());
    return folders.stream().map(folder -> dynamicTest(folder.toString(), () -> check(folder)));
  }

  private static void check(Path folder) {
    JsonObject document = Golden.json(folder.resolve("cases.json")).getAsJsonObject();
    List<TextPair> pairs =
        document.getAsJsonArray("pairs").asList().stream()
            .map(JsonElement::getAsJsonArray)
            .map(p -> new TextPair(p.get(0).getAsString(), p.get(1).getAsString()))
            .toList();
    assertEquals(List.of(Task.RERANKING), Models.describe(folder).tasks());
    try (TaskModel model = Models.load(folder)) {
      CrossEncoder encoder = assertInstanceOf(CrossEncoder.class, model);
      List<PairScores> logits = encoder.predict(pairs, LOGITS);
      for (int i = 0; i < pairs.size(); i++) {
        int tokens = document.getAsJsonArray("input_ids").get(i).getAsJsonArray().size();
        assertEquals(tokens, logits.get(i).tokens());
        assertArrayEquals(
            logits.get(i).values(), encoder.predict(pairs.get(i), LOGITS).values(), "same bits");
      }
      judge(folder, "raw", logits);
      judge(folder, "scores", encoder.predict(pairs));
      if (document.get("rank").isJsonObject()) {
        checkRank(document.getAsJsonObject("rank"), encoder);
      } else {
        assertEquals(List.of("LABEL_0", "LABEL_1", "LABEL_2"), encoder.labels());
      }
    }
  }

  /** Compares with float64, and the difference with the largest of the reference's float32 runs. */
  private static void judge(Path folder, String key, List<PairScores> found) {
    JsonObject truths =
        Golden.json(
                Golden.project()
                    .resolve("src-test-data/golden-extra/rerankers")
                    .resolve(folder.getFileName() + ".json"))
            .getAsJsonObject();
    double[] truth = flat(truths.get(key)).toArray();
    double[] scores = found.stream().flatMapToDouble(ModularRerankerTest::values).toArray();
    assertEquals(truth.length, scores.length);
    double worst = 0;
    for (int i = 0; i < truth.length; i++) {
      worst = Math.max(worst, Math.abs(scores[i] - truth[i]));
    }
    double allowed =
        truths.getAsJsonObject("error_vs_truth").getAsJsonObject(key).asMap().values().stream()
            .mapToDouble(JsonElement::getAsDouble)
            .max()
            .orElseThrow();
    var accuracy = new Accuracy("reranker " + key);
    accuracy.judge(folder.getFileName(), worst, allowed);
    accuracy.report();
  }

  private static DoubleStream values(PairScores scores) {
    var values = DoubleStream.builder();
    for (float value : scores.values()) {
      values.add(value);
    }
    return values.build();
  }

  private static DoubleStream flat(JsonElement element) {
    return element.isJsonArray()
        ? element.getAsJsonArray().asList().stream().flatMapToDouble(ModularRerankerTest::flat)
        : DoubleStream.of(element.getAsDouble());
  }

  private static void checkRank(JsonObject rank, CrossEncoder encoder) {
    List<String> documents = TaskCases.strings(rank.getAsJsonArray("documents"));
    List<RankedDocument> ranked = encoder.rank(rank.get("query").getAsString(), documents);
    JsonArray expected = rank.getAsJsonArray("result");
    for (int i = 0; i < ranked.size(); i++) {
      assertEquals(
          expected.get(i).getAsJsonObject().get("corpus_id").getAsInt(), ranked.get(i).index());
    }
  }

  @Test
  void stepsAreToldInWords() {
    try (var encoder = CrossEncoder.load(folder("published"))) {
      assertEquals(
          "cls pooling, dense 16 to 16, layer norm, dense 16 to 1, sigmoid",
          encoder.info().steps());
      assertEquals(List.of("LABEL_0"), encoder.labels());
    }
  }

  @Test
  void otherTasksAreRefused() {
    var vectors =
        assertThrows(ModelFileException.class, () -> TextEmbedder.load(folder("published")));
    assertTrue(String.valueOf(vectors.getMessage()).contains("CrossEncoder"), vectors.getMessage());
    assertThrows(ModelFileException.class, () -> TextClassifier.load(folder("published")));
  }

  /** As in the reference, code of a model's own is not run: the default takes its place. */
  @Test
  void activationsOfTheModelsOwnAreReplaced() {
    Path own =
        ModelCopy.of(folder("published"), temporary.resolve("own"))
            .json(
                "config_sentence_transformers.json",
                json -> json.addProperty("activation_fn", "my_pkg.Calibrated"))
            .json(
                "2_Dense/config.json",
                json -> json.addProperty("activation_function", "my_pkg.Swish"))
            .folder();
    Path replaced =
        ModelCopy.of(folder("published"), temporary.resolve("replaced"))
            .json(
                "2_Dense/config.json",
                json -> json.addProperty("activation_function", "torch.nn.Tanh"))
            .folder();
    var pair = new TextPair("a", "b");
    try (var log = new LogCapture();
        var found = CrossEncoder.load(own);
        var expected = CrossEncoder.load(replaced)) {
      assertArrayEquals(expected.predict(pair).values(), found.predict(pair).values());
      assertEquals(2, log.warnings().size(), log.warnings().toString());
      assertTrue(log.warnings().stream().anyMatch(w -> w.contains("my_pkg.Calibrated")));
      assertTrue(log.warnings().stream().anyMatch(w -> w.contains("my_pkg.Swish")));
    }
  }

  /** A LayerNorm works between the modules of an embedder, too. */
  @Test
  void layerNormInAnEmbedder() {
    Path folder =
        ModelCopy.of(folder("published"), temporary.resolve("embedder"))
            .json("config_sentence_transformers.json", json -> json.remove("model_type"))
            .json(
                "4_Dense/config.json",
                json -> json.addProperty("module_output_name", "sentence_embedding"))
            .folder();
    var pair = new TextPair("some words", "others");
    try (var reranker = CrossEncoder.load(folder("published"));
        var embedder = TextEmbedder.load(folder)) {
      assertArrayEquals(
          reranker.predict(pair, LOGITS).values(),
          embedder.embedPairs(List.of(pair), EmbedOptions.defaults()).vector(0));
    }
  }
}

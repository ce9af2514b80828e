package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.testdata.Accuracy;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.testdata.ModelCopy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CrossEncoderTest {
  private static final CrossEncoderOptions DEFAULTS = CrossEncoderOptions.defaults();
  private static final CrossEncoderOptions LOGITS = DEFAULTS.scoreFunction(ScoreFunction.NONE);

  /** The folders of sentence-transformers: logits against float64, scores as it gives them. */
  @Test
  void scoresAreThoseOfSentenceTransformers() {
    int folders = 0;
    for (Path folder : Golden.folders("sentence-transformers", "cases.json", "config.json")) {
      JsonObject document = Golden.json(folder.resolve("cases.json")).getAsJsonObject();
      if (!document.has("pairs")) {
        continue;
      }
      List<TextPair> pairs =
          document.getAsJsonArray("pairs").asList().stream()
              .map(JsonElement::getAsJsonArray)
              .map(p -> new TextPair(p.get(0).getAsString(), p.get(1).getAsString()))
              .toList();
      double allowed = Accuracy.allowed(document.get("error_vs_truth").getAsDouble());
      try (var encoder = CrossEncoder.load(folder)) {
        assertEquals(document.get("max_length").getAsInt(), encoder.maxLength());
        List<PairScores> logits = encoder.predict(pairs, LOGITS);
        assertClose(folder, document.get("truth_logits"), logits, allowed);
        for (int i = 0; i < pairs.size(); i++) {
          assertEquals(
              document.getAsJsonArray("input_ids").get(i).getAsJsonArray().size(),
              logits.get(i).tokens(),
              folder + ", pair " + i);
        }
        // The reference's float32 has an error of its own.
        double both = allowed + document.get("error_vs_truth").getAsDouble();
        assertClose(folder, document.get("predict"), encoder.predict(pairs), both);
        if (document.has("predict_softmax")) {
          List<PairScores> softmax =
              encoder.predict(pairs, DEFAULTS.scoreFunction(ScoreFunction.SOFTMAX));
          assertClose(folder, document.get("predict_softmax"), softmax, both);
        }
        if (document.has("rank")) {
          checkRank(encoder, document.getAsJsonObject("rank"), both);
        }
      }
      folders++;
    }
    Golden.report("cross-encoder folders", folders);
  }

  private static void assertClose(
      Path folder, JsonElement expected, List<PairScores> actual, double allowed) {
    var found = DoubleStream.builder();
    for (PairScores scores : actual) {
      for (float value : scores.values()) {
        found.add(value);
      }
    }
    assertArrayEquals(
        flat(expected).toArray(), found.build().toArray(), allowed, folder.toString());
  }

  private static DoubleStream flat(JsonElement element) {
    return element.isJsonArray()
        ? element.getAsJsonArray().asList().stream().flatMapToDouble(CrossEncoderTest::flat)
        : DoubleStream.of(element.getAsDouble());
  }

  private static void checkRank(CrossEncoder encoder, JsonObject rank, double allowed) {
    String query = rank.get("query").getAsString();
    List<String> documents = TaskCases.strings(rank.getAsJsonArray("documents"));
    rankError(rank.getAsJsonArray("result"), encoder.rank(query, documents), allowed);
    rankError(
        rank.getAsJsonArray("top_3"), encoder.rank(query, documents, DEFAULTS.topK(3)), allowed);
  }

  private static double rankError(JsonArray expected, List<RankedDocument> actual, double allowed) {
    assertEquals(expected.size(), actual.size());
    double worst = 0;
    for (int i = 0; i < actual.size(); i++) {
      JsonObject e = expected.get(i).getAsJsonObject();
      double score = e.get("score").getAsDouble();
      assertEquals(e.get("corpus_id").getAsInt(), actual.get(i).index());
      assertEquals(score, actual.get(i).score(), allowed);
      worst = Math.max(worst, Math.abs(score - actual.get(i).score()));
    }
    return worst;
  }

  @Test
  void ranksWithPromptsAndActivations() {
    TaskCases.check("rank", CrossEncoder::load, CrossEncoderTest::rankCase);
  }

  private static @Nullable CrossEncoderOptions option(
      CrossEncoderOptions options, String key, JsonElement value) {
    return switch (key) {
      case "prompt" -> options.promptText(value.getAsString());
      case "prompt_name" -> options.prompt(value.getAsString());
      case "top_k" -> options.topK(value.getAsInt());
      case "activation_fn" ->
          options.scoreFunction(
              ScoreFunction.valueOf(value.getAsString().toUpperCase(Locale.ROOT)));
      default -> null;
    };
  }

  private static double rankCase(CrossEncoder encoder, JsonObject c) {
    CrossEncoderOptions options =
        TaskCases.options(c.getAsJsonObject("options"), DEFAULTS, CrossEncoderTest::option);
    List<String> documents = TaskCases.strings(c.getAsJsonArray("documents"));
    List<RankedDocument> ranked = encoder.rank(c.get("query").getAsString(), documents, options);
    for (RankedDocument document : ranked) {
      assertEquals(documents.get(document.index()), document.text());
    }
    return rankError(c.getAsJsonArray("truth"), ranked, 1);
  }

  @Test
  void sameBitsAloneInListsAndStreamsOnAnyThreadsAndKernels() {
    List<TextPair> pairs =
        List.of(
            new TextPair("new day", "a long way to go ".repeat(20)),
            new TextPair("", ""),
            new TextPair("eye", "a"),
            new TextPair("old problem", "memory and thread"));
    Path folder = TaskCases.folder("reranker-prompts");
    LoadOptions one =
        LoadOptions.defaults().threads(1).kernels(KernelChoice.PORTABLE).tokenBudget(16);
    try (var encoder = CrossEncoder.load(folder);
        var other = CrossEncoder.load(folder, one)) {
      List<PairScores> expected = encoder.predict(pairs);
      List<PairScores> reversed = other.predict(pairs.reversed()).reversed();
      List<PairScores> streamed = encoder.predict(pairs.stream(), DEFAULTS).toList();
      for (int i = 0; i < pairs.size(); i++) {
        assertArrayEquals(expected.get(i).values(), reversed.get(i).values());
        assertArrayEquals(expected.get(i).values(), streamed.get(i).values());
        assertArrayEquals(expected.get(i).values(), encoder.predict(pairs.get(i)).values());
      }
      assertTrue(expected.getFirst().truncated());
      assertFalse(expected.getLast().truncated());
    }
  }

  @Test
  void badArgumentsAreNamed() {
    try (var encoder = CrossEncoder.load(TaskCases.folder("reranker-prompts"));
        var labelled = CrossEncoder.load(TaskCases.folder("text-single"))) {
      TaskCases.assertMessage(
          "documents[1] is null", () -> encoder.rank("q", Arrays.asList("a", null)));
      TaskCases.assertMessage(
          "no prompt 'x'", () -> encoder.rank("q", List.of(), DEFAULTS.prompt("x")));
      TaskCases.assertMessage(
          "ranking needs a model with one label", () -> labelled.rank("q", List.of()));
      TaskCases.assertMessage(
          "documents[0]: ",
          () -> encoder.rank("q", List.of("a b c d"), DEFAULTS.maxLength(5).truncate(false)));
      assertEquals(List.of(), encoder.rank("q", List.of()));
      assertEquals("cls pooling, prediction head, 1 logit, tanh", encoder.info().steps());
    }
  }

  /** As in the reference, code of a model's own is not run, and matters to rerankers only. */
  @Test
  void activationsThatAConfigNames(@TempDir Path temporary) {
    Path plain = TaskCases.folder("text-one-label");
    Path own = withActivation(plain, temporary.resolve("own"), "my_pkg.Calibrated");
    Path prelu = withActivation(plain, temporary.resolve("prelu"), "torch.nn.PReLU");
    var pair = new TextPair("a", "b");
    try (var log = new LogCapture();
        var expected = TextClassifier.load(plain);
        var ofOwn = TextClassifier.load(own);
        var ofPrelu = TextClassifier.load(prelu)) {
      assertEquals(expected.classify("a"), ofOwn.classify("a"));
      assertEquals(expected.classify("a"), ofPrelu.classify("a"));
      assertEquals(List.of(), log.warnings());
    }
    try (var log = new LogCapture();
        var expected = CrossEncoder.load(plain);
        var found = CrossEncoder.load(own)) {
      assertArrayEquals(expected.predict(pair).values(), found.predict(pair).values());
      assertEquals(1, log.warnings().size(), log.warnings().toString());
      assertTrue(log.warnings().getFirst().contains("my_pkg.Calibrated"));
    }
    var refusal = assertThrows(ModelFileException.class, () -> CrossEncoder.load(prelu));
    assertTrue(String.valueOf(refusal.getMessage()).contains("PReLU"), refusal.getMessage());
  }

  private static Path withActivation(Path model, Path copy, String activation) {
    var settings = new JsonObject();
    settings.addProperty("activation_fn", activation);
    return ModelCopy.of(model, copy)
        .json("config.json", config -> config.add("sentence_transformers", settings))
        .folder();
  }
}

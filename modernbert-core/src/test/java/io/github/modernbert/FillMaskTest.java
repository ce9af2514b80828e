package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.tasks.TopTokens;
import io.github.modernbert.testdata.Accuracy;
import io.github.modernbert.testdata.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fill-mask pipeline and pseudo-log-likelihoods against float64. */
final class FillMaskTest {
  private static final Path TOP = Golden.project().resolve("src-test-data/golden-extra/fill-mask");
  private static final FillMaskOptions DEFAULTS = FillMaskOptions.defaults();

  private static void eachFolder(Consumer<Path> check) {
    List<Path> folders = Golden.folders(TOP, "cases.json", "config.json");
    folders.forEach(check);
    Golden.report("fill-mask folders", folders.size());
  }

  private static JsonObject document(Path folder) {
    return Golden.json(folder.resolve("cases.json")).getAsJsonObject();
  }

  private static List<JsonObject> list(JsonObject object, String key) {
    return object.getAsJsonArray(key).asList().stream().map(JsonElement::getAsJsonObject).toList();
  }

  @Test
  void predictionsAgreeWithTheTruth() {
    eachFolder(folder -> {
      JsonObject document = document(folder);
      double worst = 0;
      try (var model = FillMask.load(folder)) {
        for (JsonObject c : list(document, "cases")) {
          List<FilledMask> filled = model.fill(c.get("text").getAsString(), options(c));
          List<JsonObject> masks = list(c, "masks");
          assertEquals(masks.size(), filled.size());
          for (int m = 0; m < masks.size(); m++) {
            worst = Math.max(worst, error(masks.get(m), filled.get(m).predictions()));
          }
        }
      }
      double allowed = document.get("error_vs_truth").getAsDouble();
      new Accuracy("predictions").judge(folder, worst, allowed);
    });
  }

  private static double error(JsonObject expected, List<TokenPrediction> actual) {
    assertEquals(expected.get("count").getAsInt(), actual.size());
    double worst = 0;
    JsonArray ranks = expected.getAsJsonArray("rank");
    for (int i = 0; i < ranks.size(); i++) {
      TokenPrediction prediction = actual.get(ranks.get(i).getAsInt());
      assertEquals(expected.getAsJsonArray("token").get(i).getAsInt(), prediction.id());
      assertEquals(expected.getAsJsonArray("token_str").get(i).getAsString(), prediction.token());
      assertEquals(expected.getAsJsonArray("sequence").get(i).getAsString(), prediction.sequence());
      double score = expected.getAsJsonArray("score").get(i).getAsDouble();
      worst = Math.max(worst, Math.abs(score - prediction.score()));
    }
    return worst;
  }

  private static FillMaskOptions options(JsonObject c) {
    FillMaskOptions options = DEFAULTS;
    if (c.has("top_k")) {
      options = options.topK(c.get("top_k").getAsInt());
    }
    if (c.has("targets")) {
      JsonElement targets = c.get("targets");
      options =
          options.targets(
              targets.isJsonArray()
                  ? targets.getAsJsonArray().asList().stream()
                      .map(JsonElement::getAsString)
                      .toList()
                  : List.of(targets.getAsString()));
    }
    return options;
  }

  @Test
  void pseudoLikelihoodsAgreeWithTheTruth() {
    eachFolder(folder -> {
      List<JsonObject> cases = list(document(folder), "pseudo_log_likelihoods");
      List<String> texts = cases.stream().map(c -> c.get("text").getAsString()).toList();
      double worst = 0;
      double allowed = 0;
      try (var model = FillMask.load(folder);
          var portable =
              FillMask.load(folder, LoadOptions.defaults().kernels(KernelChoice.PORTABLE))) {
        List<PseudoLikelihood> all = model.pseudoLikelihood(texts, DEFAULTS);
        assertEquals(all, portable.pseudoLikelihood(texts, DEFAULTS));
        for (int i = 0; i < texts.size(); i++) {
          assertEquals(all.get(i), model.pseudoLikelihood(texts.get(i)), texts.get(i));
          List<Double> actual = all.get(i).logProbabilities();
          JsonArray expected = cases.get(i).getAsJsonArray("token_log_probabilities");
          assertEquals(expected.size(), actual.size());
          double sum = 0;
          for (int t = 0; t < actual.size(); t++) {
            worst = Math.max(worst, Math.abs(actual.get(t) - expected.get(t).getAsDouble()));
            sum += expected.get(t).getAsDouble();
          }
          assertEquals(sum, all.get(i).logLikelihood(), 1e-6 * Math.abs(sum));
          allowed = Math.max(allowed, cases.get(i).get("error_vs_truth").getAsDouble());
        }
        assertEquals(1, model.pseudoLikelihood("").perplexity());
      }
      new Accuracy("pseudo-likelihoods").judge(folder, worst, allowed);
    });
  }

  @Test
  void sameBitsAloneInAnyListOnAnyThreadsAndKernels() {
    eachFolder(folder -> {
      List<String> texts =
          list(document(folder), "cases").stream().map(c -> c.get("text").getAsString()).toList();
      List<List<FilledMask>> expected;
      try (var model = FillMask.load(folder)) {
        expected = model.fill(texts);
        for (int i = 0; i < texts.size(); i++) {
          assertEquals(expected.get(i), model.fill(texts.get(i)));
        }
      }
      LoadOptions options =
          LoadOptions.defaults().threads(3).tokenBudget(32).kernels(KernelChoice.PORTABLE);
      try (var model = FillMask.load(folder, options);
          Stream<List<FilledMask>> streamed = model.fill(texts.reversed().stream(), DEFAULTS)) {
        assertEquals(expected.reversed(), streamed.toList());
      }
    });
  }

  @Test
  void modelsFindsTheClass() {
    eachFolder(folder -> {
      try (TaskModel model = Models.load(folder)) {
        assertInstanceOf(FillMask.class, model);
        assertEquals("masked-LM head over 1,024 tokens", model.info().steps());
        assertEquals(Set.of(), model.info().unusedTensors());
      }
    });
  }

  @Test
  void masksKnowTheirPlace() {
    eachFolder(folder -> {
      try (var model = FillMask.load(folder)) {
        List<FilledMask> masks = model.fill("ä[MASK]🙂[MASK].");
        assertEquals("[MASK]", model.maskToken());
        assertEquals(List.of(1, 9), masks.stream().map(FilledMask::start).toList());
        assertEquals(List.of(7, 15), masks.stream().map(FilledMask::end).toList());
      }
    });
  }

  @Test
  @SuppressWarnings("NullAway")
  void mistakesAreNamed() {
    eachFolder(folder -> {
      try (var model = FillMask.load(folder)) {
        assertMessage("text: no [MASK] in the text", () -> model.fill("nothing"));
        assertMessage("texts[1]: no [MASK] in the text", () -> model.fill(List.of("[MASK]", "")));
        assertMessage(
            "text: 1 of 1 [MASK] are beyond the 4 tokens of the text that are read",
            () -> model.fill("a b c d [MASK]", DEFAULTS.maxLength(4)));
        assertMessage(
            "text: 2 of 3 [MASK] are beyond the 4 tokens of the text that are read",
            () -> model.fill("a [MASK] c [MASK] d [MASK]", DEFAULTS.maxLength(4)));
        assertTrue(model.fill("a [MASK] c d", DEFAULTS.maxLength(4)).getFirst().truncated());
        assertFalse(model.fill("a [MASK] c d").getFirst().truncated());
        assertMessage("topK must be at least 1, found 0", () -> DEFAULTS.topK(0));
        assertMessage(
            "targets: expected at least one token, found []",
            () -> model.fill("[MASK]", DEFAULTS.targets(List.of())));
        assertMessage("targets[0] is null", () -> DEFAULTS.targets(Arrays.asList((String) null)));
        assertMessage("options is null", () -> model.fill("[MASK]", null));
        assertEquals(List.of(13, 268), model.targetIds(List.of("Ġb", ".", " b")));
      }
    });
  }

  private static void assertMessage(String message, Runnable call) {
    var e = assertThrows(IllegalArgumentException.class, call::run);
    assertEquals(message, e.getMessage());
  }

  @Test
  void otherModelsAndTokenizersAreNamed(@TempDir Path copy) throws IOException {
    Path classifier = Golden.folders("checkpoints/heads/seq-cls-single", "config.json").getFirst();
    var e = assertThrows(ModelFileException.class, () -> FillMask.load(classifier));
    assertTrue(String.valueOf(e.getMessage()).contains("TextClassifier"), e.getMessage());
    Path folder = Golden.folders(TOP, "cases.json", "config.json").getFirst();
    for (String file : List.of("config.json", "tokenizer.json", "model.safetensors")) {
      Files.copy(folder.resolve(file), copy.resolve(file));
    }
    try (var model = FillMask.load(copy)) {
      assertEquals("[MASK]", model.maskToken(), "the usual one");
    }
    Files.writeString(
        copy.resolve("special_tokens_map.json"), "{\"mask_token\": {\"content\": \"<none>\"}}");
    var none = assertThrows(ModelFileException.class, () -> FillMask.load(copy));
    assertTrue(String.valueOf(none.getMessage()).contains("no mask token '<none>'"));
    // Beside these tokens the reference does not read special_tokens_map.json.
    Files.writeString(
        copy.resolve("tokenizer_config.json"),
        "{\"mask_token\": \"[UNK]\", \"added_tokens_decoder\": {}}");
    try (var model = FillMask.load(copy)) {
      assertEquals("[UNK]", model.maskToken());
    }
  }

  @Test
  void topTokensAreOrderedByValueThenId() {
    float[] values = {1, 5, -0f, 5, 7, Float.NEGATIVE_INFINITY};
    for (int k = 1; k <= 6; k++) {
      int[] all = {4, 1, 3, 0, 2, 5};
      assertArrayEquals(Arrays.copyOf(all, k), TopTokens.of(values, IntStream.range(0, 6), k));
    }
    assertEquals(6, TopTokens.of(values, IntStream.range(0, 6), 100).length);
    assertArrayEquals(new int[] {3, 0}, TopTokens.of(values, IntStream.of(0, 3), 5));
  }
}

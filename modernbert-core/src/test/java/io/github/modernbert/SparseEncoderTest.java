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
import io.github.modernbert.testdata.Accuracy;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.weights.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sparse vectors of every golden folder against float64. */
final class SparseEncoderTest {
  private static final Path TOP = Golden.project().resolve("src-test-data/golden-extra/sparse");

  private static List<JsonObject> cases(Path folder) {
    return Golden.json(folder.resolve("cases.json"))
        .getAsJsonObject()
        .getAsJsonArray("cases")
        .asList()
        .stream()
        .map(JsonElement::getAsJsonObject)
        .toList();
  }

  private static List<String> texts(JsonObject c) {
    return c.getAsJsonArray("texts").asList().stream().map(JsonElement::getAsString).toList();
  }

  @Test
  void vectorsAgreeWithTheTruthInAllCircumstances() {
    var accuracy = new Accuracy("sparse vectors");
    int calls = 0;
    for (Path folder : Golden.folders(TOP, "cases.json", "config.json")) {
      double worst = 0;
      double allowed = 0;
      LoadOptions other =
          LoadOptions.defaults().threads(3).kernels(KernelChoice.PORTABLE).tokenBudget(32);
      try (var encoder = SparseEncoder.load(folder);
          var portable = SparseEncoder.load(folder, other);
          var expected = Checkpoint.open(folder.resolve("expected.safetensors"))) {
        List<JsonObject> cases = cases(folder);
        for (int i = 0; i < cases.size(); i++, calls++) {
          JsonObject c = cases.get(i);
          List<String> texts = texts(c);
          SparseOptions options =
              TaskCases.options(
                  c.getAsJsonObject("options"),
                  SparseOptions.defaults(),
                  SparseEncoderTest::option);
          List<SparseEmbedding> actual = encoder.encode(texts, options);
          float[] truth = expected.tensor("case." + i + ".truth").toFloats();
          worst = Math.max(worst, error(c, truth, actual, encoder.dimension()));
          allowed = Math.max(allowed, c.get("error_vs_truth").getAsDouble());
          checkSimilarities(c, actual);
          assertEquals(actual.getLast(), encoder.encode(texts.getLast(), options), "alone");
          try (Stream<SparseEmbedding> stream =
              portable.encode(texts.reversed().stream(), options)) {
            assertEquals(actual.reversed(), stream.toList(), folder + ": portable");
          }
        }
      }
      accuracy.judge(folder, worst, allowed);
    }
    Golden.report("sparse calls", calls);
    accuracy.report();
  }

  @Test
  void tokenIdsHaveTheWeightsOfTheirText() {
    for (Path folder : Golden.folders(TOP, "cases.json", "config.json")) {
      try (var encoder = SparseEncoder.load(folder)) {
        JsonObject given = cases(folder).getFirst().getAsJsonObject("options");
        SparseOptions options =
            TaskCases.options(given, SparseOptions.defaults(), SparseEncoderTest::option);
        String text = "bread and rain";
        SparseEmbedding expected = encoder.encode(text, options);
        int[] ids = encoder.tokenizer().encode(text).ids();
        if (expected.tokens() == ids.length) {
          assertEquals(
              List.of(expected), encoder.encodeTokenIds(List.of(ids), options), folder.toString());
        }
        for (int[] bad : new int[][] {{}, {-1}, {encoder.dimension()}}) {
          var e =
              assertThrows(
                  IllegalArgumentException.class,
                  () -> encoder.encodeTokenIds(List.of(ids, bad), options),
                  folder.toString());
          String message = String.valueOf(e.getMessage());
          assertTrue(message.startsWith("sequences[1]: "), message);
        }
      }
    }
  }

  private static @Nullable SparseOptions option(
      SparseOptions options, String key, JsonElement value) {
    return switch (key) {
      case "max_active_dims" -> options.maxActiveDims(value.getAsInt());
      case "prompt_name", "task" -> options.prompt(value.getAsString());
      default -> null;
    };
  }

  private static double error(
      JsonObject c, float[] truth, List<SparseEmbedding> actual, int dimension) {
    assertEquals(truth.length, actual.size() * dimension);
    double worst = 0;
    for (int t = 0; t < actual.size(); t++) {
      SparseEmbedding vector = actual.get(t);
      assertEquals(c.getAsJsonArray("active").get(t).getAsInt(), vector.size());
      int tokens = c.getAsJsonArray("input_ids").get(t).getAsJsonArray().size();
      assertEquals(tokens, vector.tokens());
      var dense = new float[dimension];
      float before = Float.POSITIVE_INFINITY;
      for (TokenWeight weight : vector.weights()) {
        dense[weight.id()] = weight.weight();
        assertTrue(weight.weight() <= before, "largest first");
        before = weight.weight();
      }
      for (int id = 0; id < dimension; id++) {
        worst = Math.max(worst, Math.abs((double) truth[t * dimension + id] - dense[id]));
      }
    }
    return worst;
  }

  private static void checkSimilarities(JsonObject c, List<SparseEmbedding> vectors) {
    JsonArray rows = c.getAsJsonArray("similarity");
    for (int i = 0; i < vectors.size(); i++) {
      for (int j = 0; j < vectors.size(); j++) {
        float expected = rows.get(i).getAsJsonArray().get(j).getAsFloat();
        float actual = Similarity.dot(vectors.get(i), vectors.get(j));
        assertEquals(expected, actual, 1e-4f + 1e-5f * expected);
        assertEquals(actual, Similarity.dot(vectors.get(j), vectors.get(i)));
      }
    }
  }

  @Test
  void vectorsKnowTheirTokens() {
    try (var encoder = SparseEncoder.load(TOP.resolve("max-legacy"))) {
      SparseEmbedding vector = encoder.encode("a word ".repeat(30));
      assertTrue(vector.truncated());
      assertEquals(24, vector.tokens(), "max_seq_length");
      int[] ids = vector.ids();
      float[] values = vector.values();
      assertEquals(vector.size(), ids.length);
      for (int i = 0; i < ids.length; i++) {
        int id = ids[i];
        assertTrue(i == 0 || id > ids[i - 1], "ascending");
        TokenWeight weight =
            vector.weights().stream().filter(w -> w.id() == id).findAny().orElseThrow();
        assertEquals(values[i], weight.weight());
        assertEquals(encoder.tokenizer().idToToken(id).orElseThrow(), weight.token());
      }
      SparseEmbedding few =
          encoder.encode("a word", SparseOptions.defaults().maxActiveDims(3).truncate(false));
      assertEquals(encoder.encode("a word").weights().subList(0, 3), few.weights());
      assertFalse(few.truncated());
      assertEquals("masked-LM head, max of relu", encoder.info().steps());
      assertEquals(Set.of(), encoder.info().unusedTensors());
    }
  }

  @Test
  void modelsFindsTheClass() {
    for (String name : List.of("max-legacy", "sum-log1p")) {
      try (TaskModel model = Models.load(TOP.resolve(name))) {
        assertInstanceOf(SparseEncoder.class, model);
      }
      try (var filler = FillMask.load(TOP.resolve(name))) {
        assertEquals(1, filler.fill("[MASK]").size(), "has the head for it as well");
      }
    }
  }

  @Test
  void mistakesAreNamed() {
    SparseOptions defaults = SparseOptions.defaults();
    try (var encoder = SparseEncoder.load(TOP.resolve("sum-log1p"))) {
      var prompt =
          assertThrows(
              IllegalArgumentException.class, () -> encoder.encode("a", defaults.prompt("none")));
      assertEquals("the model has no prompt 'none'; it has [document, query]", prompt.getMessage());
      var count = assertThrows(IllegalArgumentException.class, () -> defaults.maxActiveDims(0));
      assertEquals("maxActiveDims must be at least 1, found 0", count.getMessage());
      assertArrayEquals(
          encoder.encode("x: a", defaults.promptText("")).values(),
          encoder.encode("a", defaults.promptText("x: ")).values());
    }
  }

  @Test
  void foldersThatDoNotFitAreNamed(@TempDir Path copy) throws IOException {
    Path bert = Golden.folders("sentence-transformers", "1_Pooling").getFirst();
    assertNamed(bert, "TextEmbedder");
    Path folder = TOP.resolve("max-legacy");
    for (String file :
        List.of("config.json", "tokenizer.json", "model.safetensors", "modules.json")) {
      Files.copy(folder.resolve(file), copy.resolve(file));
    }
    Path pooling = copy.resolve("1_SpladePooling/config.json");
    Files.createDirectory(pooling.getParent());
    Files.writeString(pooling, "{\"pooling_strategy\": \"mean\"}");
    assertNamed(copy, "pooling_strategy: expected one of max, sum, found \"mean\"");
    Files.writeString(pooling, "{\"activation_function\": \"gelu\"}");
    assertNamed(copy, "activation_function: expected one of relu, log1p_relu, found \"gelu\"");
    Files.writeString(pooling, "{\"word_embedding_dimension\": 7}");
    assertNamed(copy, "word_embedding_dimension: expected the size of the vocabulary, 1024");
    Files.writeString(pooling, "{}");
    Path modules = copy.resolve("modules.json");
    String types = Files.readString(modules);
    Files.writeString(modules, types.replace("MLMTransformer", "Transformer"));
    assertNamed(copy, "transformer_task: expected 'fill-mask' before SpladePooling");
    Files.writeString(modules, types.replace("MLMTransformer", "LSTM"));
    assertNamed(copy, "LSTM cannot be loaded here: ");
    var embedder = assertThrows(ModelFileException.class, () -> TextEmbedder.load(folder));
    assertTrue(String.valueOf(embedder.getMessage()).contains("SparseEncoder"));
  }

  private static void assertNamed(Path folder, String part) {
    var e = assertThrows(ModelFileException.class, () -> SparseEncoder.load(folder));
    assertTrue(String.valueOf(e.getMessage()).contains(part), e.getMessage());
  }
}

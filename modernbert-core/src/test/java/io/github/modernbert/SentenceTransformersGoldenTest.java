package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.weights.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every golden folder of sentence-transformers: all options, against float64. */
final class SentenceTransformersGoldenTest {
  private static final double ALLOWED_RATIO = 1.5;

  /** Folders with the rarer modules. */
  private static final Path MODULES =
      Golden.project().resolve("src-test-data/golden-extra/modules");

  private double worstRatio;
  private String worstFolder = "";

  private int folders;
  private int calls;

  /** A test for each folder, so that one that fails hides no other, then what they have found. */
  @TestFactory
  Stream<DynamicTest> vectorsAgreeWithTheTruth() {
    Stream<DynamicTest> checks =
        Stream.concat(
                Golden.folders("sentence-transformers", "cases.json", "config.json").stream(),
                Golden.folders(MODULES, "cases.json", "modules.json").stream())
            .map(folder -> dynamicTest(folder.getFileName().toString(), () -> check(folder)));
    return Stream.concat(checks, Stream.of(dynamicTest("all", this::report)));
  }

  private void check(Path folder) {
    JsonObject document = Golden.json(folder.resolve("cases.json")).getAsJsonObject();
    if (document.has("cases")) {
      calls += check(folder, document);
      folders++;
    } else {
      assertThrowsUnlessPooled(folder);
    }
  }

  private void report() {
    Golden.report("sentence-transformers folders", folders);
    Golden.report("sentence-transformers calls", calls);
    System.out.printf(
        "golden: largest error %.3f x the reference's own, in %s%n", worstRatio, worstFolder);
  }

  /** Cross-encoders have their own task; with modules.json they are refused by name here. */
  private static void assertThrowsUnlessPooled(Path folder) {
    if (Files.exists(folder.resolve("modules.json"))) {
      assertThrows(ModelFileException.class, () -> TextEmbedder.load(folder));
    }
  }

  private int check(Path folder, JsonObject document) {
    double allowed = 0;
    double worst = 0;
    List<JsonElement> cases = document.getAsJsonArray("cases").asList();
    try (var embedder = TextEmbedder.load(folder);
        var expected = Checkpoint.open(folder.resolve("expected.safetensors"))) {
      assertEquals(document.get("dimension").getAsInt(), embedder.dimension(), folder.toString());
      for (int i = 0; i < cases.size(); i++) {
        JsonObject c = cases.get(i).getAsJsonObject();
        List<String> texts = strings(c);
        EmbedOptions options =
            TaskCases.options(
                c.getAsJsonObject("options"),
                EmbedOptions.defaults(),
                SentenceTransformersGoldenTest::option);
        Embeddings actual = embedder.embed(texts, options);
        float[] truth = expected.tensor("case." + i + ".truth").toFloats();
        worst = Math.max(worst, error(truth, actual));
        allowed = Math.max(allowed, c.get("error_vs_truth").getAsDouble());
        checkTokens(folder, c, actual);
        assertArrayEquals(
            actual.vector(texts.size() - 1),
            embedder.embed(texts.getLast(), options),
            folder + ": alone and in a list");
      }
    }
    double ratio = worst / allowed;
    if (ratio > worstRatio) {
      worstRatio = ratio;
      worstFolder = folder.getFileName().toString();
    }
    assertTrue(
        ratio <= ALLOWED_RATIO,
        "%s: error %.3g, the reference's %.3g".formatted(folder, worst, allowed));
    return cases.size();
  }

  private static void checkTokens(Path folder, JsonObject c, Embeddings actual) {
    List<JsonElement> ids = c.getAsJsonArray("input_ids").asList();
    for (int t = 0; t < ids.size(); t++) {
      assertEquals(ids.get(t).getAsJsonArray().size(), actual.tokens(t), folder + ", text " + t);
    }
  }

  private static @Nullable EmbedOptions option(
      EmbedOptions options, String key, JsonElement value) {
    return switch (key) {
      case "normalize_embeddings" -> options.normalize(value.getAsBoolean());
      case "truncate_dim" -> options.dimensions(value.getAsInt());
      case "prompt_name" -> options.prompt(value.getAsString());
      case "prompt" -> options.promptText(value.getAsString());
      case "batch_size" -> options;
      default -> null;
    };
  }

  private static List<String> strings(JsonObject c) {
    var texts = new ArrayList<String>();
    c.getAsJsonArray("texts").forEach(t -> texts.add(t.getAsString()));
    return texts;
  }

  private static double error(float[] truth, Embeddings actual) {
    int width = actual.dimension();
    assertEquals(truth.length, actual.size() * width, "number of values");
    double worst = 0;
    for (int i = 0; i < actual.size(); i++) {
      float[] vector = actual.vector(i);
      for (int d = 0; d < width; d++) {
        worst = Math.max(worst, Math.abs((double) truth[i * width + d] - vector[d]));
      }
    }
    return worst;
  }
}

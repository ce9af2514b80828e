package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.modernbert.folders.ModelCard;
import io.github.modernbert.testdata.Accuracy;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.testdata.ModelCopy;
import io.github.modernbert.weights.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The first layers of an encoder alone, as models trained for it allow. */
final class FewerLayersTest {
  private static final LoadOptions DEFAULTS = LoadOptions.defaults();

  private static Path golden() {
    return Golden.project().resolve("src-test-data/golden-extra/fewer-layers");
  }

  @TestFactory
  List<DynamicTest> statesAgreeWithTheReference() {
    JsonObject document = Golden.json(golden().resolve("cases.json")).getAsJsonObject();
    Path checkpoint = Golden.root().resolve(document.get("checkpoint").getAsString());
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonElement each : document.getAsJsonArray("cases")) {
      int index = tests.size();
      JsonObject c = each.getAsJsonObject();
      int layers = c.get("layers").getAsInt();
      tests.add(
          dynamicTest(
              layers + " layers, case " + index, () -> check(checkpoint, c, layers, index)));
    }
    Golden.report("cases of fewer layers", tests.size());
    return tests;
  }

  private static void check(Path checkpoint, JsonObject c, int layers, int index) {
    int[] ids =
        c.getAsJsonArray("input_ids").asList().stream().mapToInt(JsonElement::getAsInt).toArray();
    float[] truth;
    try (var expected = Checkpoint.open(golden().resolve("expected.safetensors"))) {
      truth = expected.tensor("case." + index + ".truth").toFloats();
    }
    try (var model = ModernBertModel.load(checkpoint, DEFAULTS.layers(layers))) {
      assertEquals(layers, model.config().numHiddenLayers());
      float[][] states = model.lastHiddenState(ids);
      double worst = 0;
      for (int i = 0; i < truth.length; i++) {
        int width = states[0].length;
        worst = Math.max(worst, Math.abs(truth[i] - (double) states[i / width][i % width]));
      }
      double allowed =
          c.getAsJsonObject("error_vs_truth").asMap().values().stream()
              .mapToDouble(JsonElement::getAsDouble)
              .max()
              .orElseThrow();
      new Accuracy("fewer layers").judge(index, worst, allowed);
    }
  }

  @Test
  void costFallsWithTheLayers() {
    try (var whole = TextEmbedder.bundled();
        var part = TextEmbedder.bundled(DEFAULTS.layers(2))) {
      ModelInfo info = part.info();
      assertEquals(2, info.config().numHiddenLayers());
      assertTrue(info.weightBytes() < whole.info().weightBytes());
      assertTrue(info.unusedTensors().stream().anyMatch(name -> name.contains("layers.2.")));
      assertFalse(info.unusedTensors().stream().anyMatch(name -> name.contains("layers.1.")));
      assertEquals(whole.dimension(), part.embed("a text").length);
    }
  }

  @Test
  void aCardThatNamesSuchTrainingIsMentioned(@TempDir Path temporary) throws IOException {
    Path source = Golden.root().resolve("sentence-transformers/pool-mean");
    Path folder = ModelCopy.of(source, temporary.resolve("copy")).folder();
    assertEquals(Optional.empty(), ModelCard.lossForFewerLayers(folder));
    Files.writeString(folder.resolve("README.md"), "# A model\n\nLoss: `AdaptiveLayerLoss`\n");
    assertEquals(Optional.of("AdaptiveLayerLoss"), ModelCard.lossForFewerLayers(folder));
  }

  @Test
  void allLayersHaveTheSameBits() {
    try (var whole = TextEmbedder.bundled()) {
      int layers = whole.info().config().numHiddenLayers();
      try (var all = TextEmbedder.bundled(DEFAULTS.layers(layers))) {
        assertArrayEquals(whole.embed("a text"), all.embed("a text"));
      }
      var e =
          assertThrows(
              IllegalArgumentException.class,
              () -> TextEmbedder.bundled(DEFAULTS.layers(layers + 1)));
      assertTrue(String.valueOf(e.getMessage()).endsWith("found " + (layers + 1)), e.getMessage());
    }
  }
}

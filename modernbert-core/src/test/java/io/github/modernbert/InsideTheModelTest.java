package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.modernbert.testdata.Accuracy;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.weights.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Hidden states and attention probabilities against float64. */
final class InsideTheModelTest {
  private static final Path EXTRA = Golden.project().resolve("src-test-data/golden-extra");
  private static final Set<Integer> FIRST = Set.of(0);

  @Test
  void hiddenStatesAgreeWithTheTruth() {
    int checked = 0;
    for (Path folder : Golden.folders("checkpoints", "config.json", "cases.json")) {
      List<JsonElement> cases = cases(folder);
      try (var model = ModernBertModel.load(folder);
          var expected = Checkpoint.open(folder.resolve("expected.safetensors"))) {
        for (int i = 0; i < cases.size(); i++) {
          JsonObject c = cases.get(i).getAsJsonObject();
          if (c.has("state_error")) {
            checked += checkStates(model, ids(c), c, expected, "case." + i + ".state.");
          }
        }
      }
    }
    Golden.report("hidden states", checked);
  }

  private static int checkStates(
      ModernBertModel model, int[] ids, JsonObject c, Checkpoint expected, String name) {
    HiddenStates states = model.hiddenStates(ids);
    double worst = 0;
    for (int layers : states.layers()) {
      worst = Math.max(worst, error(expected, name + layers, states.after(layers)));
    }
    assertWithin(worst, c.getAsJsonArray("state_error"), name);
    assertArrayEquals(model.lastHiddenState(ids), states.last());
    assertEquals(model.config().numHiddenLayers() + 1, states.layers().size());
    HiddenStates one = model.hiddenStates(ids, FIRST);
    assertEquals(FIRST, one.layers());
    assertArrayEquals(states.after(0), one.after(0));
    return states.layers().size();
  }

  @Test
  void attentionAgreesWithTheTruth() {
    int maps = 0;
    for (Path folder : Golden.folders(EXTRA.resolve("attention"), "cases.json")) {
      String name =
          Golden.json(folder.resolve("cases.json"))
              .getAsJsonObject()
              .get("checkpoint")
              .getAsString();
      Path checkpoint = Golden.root().resolve("checkpoints").resolve(name);
      if (!Files.exists(checkpoint)) {
        Golden.skipped("attention of " + name, "this golden folder has no such checkpoint");
        continue;
      }
      try (var model = ModernBertModel.load(checkpoint);
          var portable =
              ModernBertModel.load(
                  checkpoint, LoadOptions.defaults().kernels(KernelChoice.PORTABLE));
          var expected = Checkpoint.open(folder.resolve("expected.safetensors"))) {
        List<JsonElement> cases = cases(folder);
        Set<Integer> layers =
            Set.copyOf(IntStream.range(0, model.config().numHiddenLayers()).boxed().toList());
        for (int i = 0; i < cases.size(); i++) {
          JsonObject c = cases.get(i).getAsJsonObject();
          AttentionMaps actual = model.attentions(ids(c), layers);
          AttentionMaps other = portable.attentions(ids(c), layers);
          double worst = 0;
          for (int layer : actual.layers()) {
            float[][] rows = rows(actual, layer);
            assertArrayEquals(rows, rows(other, layer), "portable kernels");
            worst = Math.max(worst, error(expected, "case." + i + ".layer." + layer, rows));
            maps += actual.heads();
          }
          assertWithin(worst, c.getAsJsonArray("error_vs_truth"), folder + ", case " + i);
        }
      }
    }
    Golden.report("attention maps", maps);
  }

  private static float[][] rows(AttentionMaps maps, int layer) {
    return IntStream.range(0, maps.heads())
        .mapToObj(head -> List.of(maps.map(layer, head)))
        .flatMap(List::stream)
        .toArray(float[][]::new);
  }

  @Test
  void whatIsNotThereIsNamed() {
    Path folder = Golden.folders("checkpoints/plain", "config.json").getFirst();
    try (var model = ModernBertModel.load(folder)) {
      int[] ids = {5};
      assertMessage("layers: expected 0 to 7, found 8", () -> model.hiddenStates(ids, Set.of(8)));
      assertMessage("layers: expected 0 to 6, found 7", () -> model.attentions(ids, Set.of(7)));
      assertMessage("layers: expected 0 to 7, found -1", () -> model.hiddenStates(ids, Set.of(-1)));
      assertMessage(
          "attention probabilities are kept for at most 1024 tokens, found 1025",
          () -> model.attentions(new int[1025], FIRST));
      assertMessage(
          "states after 1 layers were not kept, only after [0]",
          () -> model.hiddenStates(ids, FIRST).after(1));
      AttentionMaps maps = model.attentions(ids, FIRST);
      assertArrayEquals(new float[][] {{1}}, maps.map(0, 3));
      assertMessage("head: expected 0 to 3, found 4", () -> maps.map(0, 4));
      assertMessage("layer 1 was not asked for, only [0]", () -> maps.map(1, 0));
    }
  }

  private static void assertMessage(String message, Runnable call) {
    var e = assertThrows(IllegalArgumentException.class, call::run);
    assertEquals(message, e.getMessage());
  }

  private static List<JsonElement> cases(Path folder) {
    return Golden.json(folder.resolve("cases.json"))
        .getAsJsonObject()
        .getAsJsonArray("cases")
        .asList();
  }

  private static int[] ids(JsonObject c) {
    return c.getAsJsonArray("input_ids").asList().stream()
        .mapToInt(JsonElement::getAsInt)
        .toArray();
  }

  private static double error(Checkpoint expected, String name, float[][] actual) {
    float[] truth = expected.tensor(name + ".truth").toFloats();
    int width = actual[0].length;
    assertEquals(truth.length, actual.length * width, name);
    double worst = 0;
    for (int i = 0; i < truth.length; i++) {
      worst = Math.max(worst, Math.abs((double) truth[i] - actual[i / width][i % width]));
    }
    return worst;
  }

  private static void assertWithin(double worst, JsonArray errors, String what) {
    double allowed =
        errors.asList().stream().mapToDouble(JsonElement::getAsDouble).max().orElseThrow();
    if (worst > 0) {
      new Accuracy("the inside of a model").judge(what, worst, allowed);
    }
  }
}

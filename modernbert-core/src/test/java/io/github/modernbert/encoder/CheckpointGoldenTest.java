package io.github.modernbert.encoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.modernbert.kernels.KernelSelection;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.weights.Checkpoint;
import io.github.modernbert.weights.TransformerFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every golden checkpoint: accuracy against float64, and the same bits in every circumstance. */
final class CheckpointGoldenTest {
  /** The accuracy that is promised. */
  private static final double ALLOWED_RATIO = 1.5;

  private double worstRatio;
  private String worstFolder = "";
  private int folders;
  private int cases;
  private int states;

  /** A test for each folder, so that one that fails hides no other, then what they have found. */
  @TestFactory
  Stream<DynamicTest> hiddenStatesAgreeWithTheTruth() {
    Stream<DynamicTest> checks =
        Golden.folders("checkpoints", "config.json").stream()
            .filter(folder -> !document(folder).has("task"))
            .map(folder -> dynamicTest(folder.getFileName().toString(), () -> check(folder)));
    return Stream.concat(checks, Stream.of(dynamicTest("all", this::report)));
  }

  private void check(Path folder) {
    folders++;
    try (var checker = new Checker(folder, "vector");
        var portable = new Checker(folder, "portable")) {
      cases += checker.checkCases();
      states += checker.checkStates();
      portable.checkBatches(checker.outputs);
    }
  }

  private void report() {
    Golden.report("checkpoint folders", folders);
    Golden.report("hidden state cases", cases);
    Golden.report("layer states", states);
    System.out.printf(
        "golden: largest error %.3f x the reference's own, in %s%n", worstRatio, worstFolder);
  }

  private static JsonObject document(Path folder) {
    return Golden.json(withCases(folder).resolve("cases.json")).getAsJsonObject();
  }

  /** The folders that share weights with {@code plain} share its expected values. */
  private static Path withCases(Path folder) {
    return Files.exists(folder.resolve("cases.json")) ? folder : folder.resolveSibling("plain");
  }

  private final class Checker implements AutoCloseable {
    private final Path folder;
    private final Backbone backbone;
    private final Checkpoint expected;
    private final List<int[]> inputs = new ArrayList<>();
    private final List<float[][]> outputs = new ArrayList<>();
    private final JsonArray cases;

    Checker(Path folder, String kernels) {
      this.folder = folder;
      Kernels selected = KernelSelection.select(kernels);
      backbone =
          new Backbone("test", TransformerFiles.of(folder), selected, WeightFormats.FLOAT32, 1);
      expected = Checkpoint.open(withCases(folder).resolve("expected.safetensors"));
      cases = document(folder).getAsJsonArray("cases");
      for (JsonElement c : cases) {
        inputs.add(ints(c.getAsJsonObject().getAsJsonArray("input_ids")));
      }
    }

    int checkCases() {
      double allowed = 0;
      for (JsonElement c : cases) {
        for (JsonElement error :
            c.getAsJsonObject().getAsJsonObject("error_vs_truth").asMap().values()) {
          allowed = Math.max(allowed, error.getAsDouble());
        }
      }
      double worst = 0;
      for (int i = 0; i < inputs.size(); i++) {
        float[][] actual = encode(backbone, inputs.get(i));
        outputs.add(actual);
        float[] truth = expected.tensor("case." + i + ".truth").toFloats();
        worst = Math.max(worst, error(truth, actual));
      }
      judge(worst, allowed, "hidden states");
      return inputs.size();
    }

    int checkStates() {
      double[] allowed = {0};
      var worst = new double[1];
      int checked = 0;
      for (int i = 0; i < inputs.size(); i++) {
        JsonElement errors = cases.get(i).getAsJsonObject().get("state_error");
        if (errors == null) {
          continue;
        }
        String name = "case." + i + ".state.";
        for (JsonElement e : errors.getAsJsonArray()) {
          allowed[0] = Math.max(allowed[0], e.getAsDouble());
        }
        LayerObserver observer =
            (layer, hidden) ->
                expected
                    .find(name + layer + ".truth")
                    .ifPresent(
                        t -> worst[0] = Math.max(worst[0], error(t.toFloats(), rows(hidden))));
        backbone.encode(PackedBatch.of(inputs.get(i)), observer, hidden -> 0);
        checked += (int) expected.names().stream().filter(n -> n.startsWith(name)).count();
      }
      if (checked > 0) {
        judge(worst[0], allowed[0], "layer states");
      }
      return checked;
    }

    private void judge(double worst, double allowed, String what) {
      double ratio = worst / allowed;
      if (ratio > worstRatio) {
        worstRatio = ratio;
        worstFolder = folder.getFileName() + " " + what;
      }
      assertTrue(
          ratio <= ALLOWED_RATIO,
          "%s, %s: error %.3g, the reference's %.3g".formatted(folder, what, worst, allowed));
    }

    /**
     * All cases in one batch, in reverse order, on three threads: the bits of each one alone with
     * other kernels.
     */
    void checkBatches(List<float[][]> outputsAlone) {
      List<int[]> reversed = inputs.reversed();
      PackedBatch batch = PackedBatch.of(reversed.stream().map(TokenSequence::of).toList());
      try (var threaded =
          new Backbone(
              "test", TransformerFiles.of(folder), backbone.kernels(), WeightFormats.FLOAT32, 3)) {
        float[][] together = threaded.encode(batch, LayerObserver.NONE, Checker::rows);
        for (int b = 0; b < reversed.size(); b++) {
          float[][] alone = outputsAlone.get(reversed.size() - 1 - b);
          for (int t = 0; t < alone.length; t++) {
            assertArrayEquals(alone[t], together[batch.cuSeqlens()[b] + t], "bits in a batch");
          }
        }
      }
    }

    private static float[][] encode(Backbone backbone, int[] ids) {
      return backbone.encode(PackedBatch.of(ids), LayerObserver.NONE, Checker::rows);
    }

    private static float[][] rows(Matrix hidden) {
      return IntStream.range(0, hidden.rows()).mapToObj(hidden::row).toArray(float[][]::new);
    }

    private static double error(float[] truth, float[][] actual) {
      double worst = 0;
      int width = actual[0].length;
      for (int i = 0; i < truth.length; i++) {
        worst = Math.max(worst, Math.abs((double) truth[i] - actual[i / width][i % width]));
      }
      return worst;
    }

    private static int[] ints(JsonArray array) {
      return array.asList().stream().mapToInt(JsonElement::getAsInt).toArray();
    }

    @Override
    public void close() {
      backbone.close();
      expected.close();
    }
  }
}

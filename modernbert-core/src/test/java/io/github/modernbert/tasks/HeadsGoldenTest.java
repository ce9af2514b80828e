package io.github.modernbert.tasks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.encoder.TokenSequence;
import io.github.modernbert.encoder.WeightFormats;
import io.github.modernbert.kernels.KernelSelection;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.testdata.Accuracy;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.weights.Checkpoint;
import io.github.modernbert.weights.TransformerFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every golden head and adapter: logits against float64, and the same bits in every circumstance.
 */
final class HeadsGoldenTest {
  @TestFactory
  Stream<DynamicTest> logitsAgreeWithTheTruth() {
    List<Path> folders = Golden.folders("checkpoints/heads", "cases.json");
    Golden.report("folders of heads", folders.size());
    return folders.stream()
        .map(folder -> dynamicTest(folder.toString(), () -> check(TransformerFiles.of(folder))));
  }

  /** Adapters of peft, merged into their base model. */
  @TestFactory
  Stream<DynamicTest> adaptersAgreeWithTheTruth() {
    Path adapters = Golden.project().resolve("src-test-data/golden-extra/adapters");
    return Golden.folders(adapters, "cases.json").stream()
        .map(folder ->
            dynamicTest(
                folder.toString(),
                () -> check(TransformerFiles.of(folder, _ -> adapters.resolve("base")))));
  }

  private static void check(TransformerFiles files) {
    Path folder = files.folder();
    JsonObject document = Golden.json(folder.resolve("cases.json")).getAsJsonObject();
    String task = document.get("task").getAsString();
    var sequences = new ArrayList<int[]>();
    var ends = new ArrayList<Integer>();
    double allowed = 0;
    List<JsonElement> cases = document.getAsJsonArray("cases").asList();
    for (JsonElement each : cases) {
      JsonObject c = each.getAsJsonObject();
      JsonArray ids = c.getAsJsonArray("input_ids");
      for (JsonElement choice : task.equals("choice") ? ids.asList() : List.of(ids)) {
        sequences.add(ints(choice.getAsJsonArray()));
      }
      ends.add(sequences.size());
      for (JsonElement error : c.getAsJsonObject("error_vs_truth").asMap().values()) {
        allowed = Math.max(allowed, error.getAsDouble());
      }
    }
    List<float[][]> logits = logits(files, task, "vector", 3, sequences);
    for (int i = 0; i < sequences.size(); i += 3) {
      float[][] alone = logits(files, task, "portable", 1, List.of(sequences.get(i))).getFirst();
      for (int row = 0; row < alone.length; row++) {
        assertArrayEquals(alone[row], logits.get(i)[row], folder + ": bits of sequence " + i);
      }
    }
    double worst = 0;
    try (var expected = Checkpoint.open(folder.resolve("expected.safetensors"))) {
      for (int i = 0, from = 0; i < cases.size(); from = ends.get(i++)) {
        float[] truth = expected.tensor("case." + i + ".truth").toFloats();
        worst = Math.max(worst, error(truth, logits.subList(from, ends.get(i))));
      }
    }
    var accuracy = new Accuracy("logits");
    accuracy.judge(folder.getFileName(), worst, allowed);
    accuracy.report();
  }

  private static List<float[][]> logits(
      TransformerFiles files, String task, String kernels, int threads, List<int[]> sequences) {
    ModernBertConfig config = files.config();
    try (var backbone =
        new Backbone(
            "test", files, KernelSelection.select(kernels), WeightFormats.FLOAT32, threads)) {
      Function<Matrix, float[][]> head =
          switch (task) {
            case "hidden" -> Vectors::rows;
            case "sequence" -> of(new SequenceHead(backbone, config.numLabels()));
            case "choice" -> of(new SequenceHead(backbone, 1));
            case "token" -> LogitsHead.classifier(backbone, config.numLabels())::logits;
            case "masked_lm" -> everyRow(MaskedLmHead.load(backbone));
            case "question" -> LogitsHead.classifier(backbone, 2)::logits;
            default -> throw new AssertionError(files.folder() + ": no task " + task);
          };
      return new BatchScheduler(backbone, 4096, (callers, count, tokens) -> {})
          .run(
              sequences.stream().map(TokenSequence::of).toList(),
              (index, hidden) -> head.apply(hidden),
              part -> {});
    }
  }

  private static Function<Matrix, float[][]> of(SequenceHead head) {
    return hidden -> new float[][] {head.logits(hidden)};
  }

  private static Function<Matrix, float[][]> everyRow(MaskedLmHead head) {
    return hidden -> head.logits(hidden, IntStream.range(0, hidden.rows()).toArray());
  }

  private static double error(float[] truth, List<float[][]> logits) {
    int next = 0;
    double worst = 0;
    for (float[][] rows : logits) {
      for (float[] row : rows) {
        for (float value : row) {
          worst = Math.max(worst, Math.abs((double) truth[next++] - value));
        }
      }
    }
    assertEquals(truth.length, next, "number of logits");
    return worst;
  }

  private static int[] ints(JsonArray array) {
    return array.asList().stream().mapToInt(JsonElement::getAsInt).toArray();
  }
}

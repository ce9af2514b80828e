package io.github.modernbert.encoder;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.kernels.KernelSelection;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.testdata.Accuracy;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.testdata.SyntheticModel;
import io.github.modernbert.weights.Checkpoint;
import io.github.modernbert.weights.TransformerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Models in the shape of published families, with generated weights, against float64. */
final class FamilyShapesTest {
  private static final Path TOP = Golden.project().resolve("src-test-data/golden-extra/families");

  @TempDir Path temporary;

  @TestFactory
  Stream<DynamicTest> statesAgreeWithTheTruth() {
    List<Path> folders = Golden.folders(TOP, "cases.json", "config.json");
    Golden.report("shapes of published families", folders.size());
    return folders.stream().map(folder -> dynamicTest(folder.toString(), () -> check(folder)));
  }

  private void check(Path golden) throws IOException {
    JsonObject document = Golden.json(golden.resolve("cases.json")).getAsJsonObject();
    Path folder = Files.createDirectory(temporary.resolve(golden.getFileName().toString()));
    Files.copy(golden.resolve("config.json"), folder.resolve("config.json"));
    ModernBertConfig config = ModernBertConfig.read(folder.resolve("config.json"));
    SyntheticModel.writeWeights(
        folder,
        document.get("seed").getAsLong(),
        config.vocabSize(),
        config.hiddenSize(),
        config.intermediateSize(),
        config.numHiddenLayers());
    var accuracy = new Accuracy("states of " + golden.getFileName());
    try (var expected = Checkpoint.open(golden.resolve("expected.safetensors"));
        var backbone =
            new Backbone(
                "test",
                TransformerFiles.of(folder),
                KernelSelection.select(KernelSelection.AUTO),
                WeightFormats.FLOAT32,
                2)) {
      List<JsonElement> cases = document.getAsJsonArray("cases").asList();
      double worst = 0;
      double allowed = 0;
      for (int i = 0; i < cases.size(); i++) {
        JsonObject c = cases.get(i).getAsJsonObject();
        int[] ids = new Gson().fromJson(c.get("input_ids"), int[].class);
        int[] rows = new Gson().fromJson(c.get("rows"), int[].class);
        float[] truth = expected.tensor("case." + i + ".truth").toFloats();
        double error =
            backbone.encode(
                PackedBatch.of(ids), LayerObserver.NONE, hidden -> error(hidden, rows, truth));
        worst = Math.max(worst, error);
        allowed = Math.max(allowed, c.get("error_vs_truth").getAsDouble());
      }
      accuracy.judge(golden.getFileName(), worst, allowed);
    }
    accuracy.report();
  }

  private static double error(Matrix hidden, int[] rows, float[] truth) {
    double worst = 0;
    for (int r = 0; r < rows.length; r++) {
      for (int d = 0; d < hidden.columns(); d++) {
        double expected = truth[r * hidden.columns() + d];
        worst = Math.max(worst, Math.abs(expected - hidden.get(rows[r], d)));
      }
    }
    return worst;
  }
}

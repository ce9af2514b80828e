package io.github.modernbert.encoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.modernbert.kernels.KernelSelection;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.testdata.SyntheticModel;
import io.github.modernbert.weights.Checkpoint;
import io.github.modernbert.weights.TransformerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Base- and large-shaped models against the reference. Takes minutes and 4 GB: run with {@code
 * ./mvnw verify -Psynthetic}.
 */
@Tag("synthetic")
final class SyntheticGoldenTest {
  /** The accuracy that is promised. */
  private static final double ALLOWED_RATIO = 1.5;

  /** The error that golden/README.md estimates for the length whose reference is float32 itself. */
  private static final double ESTIMATED_ERROR = 4e-5;

  @Test
  void modelsOfRealSizeAgreeWithTheTruth(@TempDir Path temporary) throws IOException {
    int checked = 0;
    for (SyntheticModel shape : SyntheticModel.values()) {
      List<JsonObject> cases = cases(shape);
      if (cases.isEmpty()) {
        continue;
      }
      long seed = cases.getFirst().get("seed").getAsLong();
      Path folder = Files.createDirectory(temporary.resolve(shape.name()));
      shape.write(folder, seed);
      try (var backbone =
          new Backbone(
              "test",
              TransformerFiles.of(folder),
              KernelSelection.select(KernelSelection.AUTO),
              WeightFormats.FLOAT32,
              Runtime.getRuntime().availableProcessors())) {
        Files.delete(folder.resolve("model.safetensors"));
        for (JsonObject c : cases) {
          assertEquals(seed, c.get("seed").getAsLong(), "one seed a shape");
          check(shape, backbone, c);
          checked++;
        }
      }
    }
    Golden.report("synthetic models", checked);
  }

  private static List<JsonObject> cases(SyntheticModel shape) throws IOException {
    var cases = new ArrayList<JsonObject>();
    try (var files = Files.list(Golden.root().resolve("synthetic"))) {
      String prefix = shape.name().toLowerCase(Locale.ROOT) + "-";
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        if (name.startsWith(prefix) && name.endsWith(".json")) {
          cases.add(Golden.json(file).getAsJsonObject());
        }
      }
    }
    return cases;
  }

  private static void check(SyntheticModel shape, Backbone backbone, JsonObject c) {
    int length = c.get("length").getAsInt();
    int[] ids = SyntheticModel.tokenIds(c.get("seed").getAsLong(), length);
    int i = 0;
    for (JsonElement id : c.getAsJsonArray("first_ids")) {
      assertEquals(id.getAsInt(), ids[i++], "the stream of token ids");
    }
    String name = shape.name().toLowerCase(Locale.ROOT) + "-" + length;
    Path file = Golden.root().resolve("synthetic").resolve(name + ".safetensors");
    try (var expected = Checkpoint.open(file)) {
      backbone.encode(
          PackedBatch.of(ids),
          LayerObserver.NONE,
          hidden -> {
            JsonElement measured = c.get("hf32_max_abs_error");
            double allowed = measured == null ? ESTIMATED_ERROR : measured.getAsDouble();
            double worst = compare(hidden, c, expected);
            System.out.printf(
                "golden: %s: error %.3g, %.3f x the reference's own%s%n",
                name, worst, worst / allowed, measured == null ? " (estimated)" : "");
            assertTrue(worst <= ALLOWED_RATIO * allowed, name + ": error " + worst);
            return 0;
          });
    }
  }

  private static double compare(Matrix hidden, JsonObject c, Checkpoint expected) {
    double worst = 0;
    int width = hidden.columns();
    float[] rows = expected.tensor("rows").toFloats();
    int at = 0;
    for (JsonElement row : c.getAsJsonArray("rows")) {
      double dot = 0;
      double own = 0;
      double other = 0;
      for (int d = 0; d < width; d++) {
        double truth = rows[at++];
        double actual = hidden.get(row.getAsInt(), d);
        worst = Math.max(worst, Math.abs(truth - actual));
        dot += truth * actual;
        own += actual * actual;
        other += truth * truth;
      }
      double cosine = dot / Math.sqrt(own * other);
      assertTrue(cosine >= 1 - 1e-6, "cosine " + cosine);
    }
    float[] probes = expected.tensor("probes").toFloats();
    at = 0;
    for (JsonElement probe : c.getAsJsonArray("probes")) {
      int token = probe.getAsJsonArray().get(0).getAsInt();
      int d = probe.getAsJsonArray().get(1).getAsInt();
      worst = Math.max(worst, Math.abs((double) probes[at++] - hidden.get(token, d)));
    }
    return Math.max(worst, compareSums(hidden, expected));
  }

  /** Lengths of all tokens, relative to their square root of dimensions, and the mean token. */
  private static double compareSums(Matrix hidden, Checkpoint expected) {
    float[] norms = expected.tensor("norms").toFloats();
    float[] mean = expected.tensor("mean").toFloats();
    var sums = new double[mean.length];
    double worst = 0;
    for (int t = 0; t < hidden.rows(); t++) {
      double squares = 0;
      for (int d = 0; d < sums.length; d++) {
        double value = hidden.get(t, d);
        squares += value * value;
        sums[d] += value;
      }
      double difference = Math.abs(Math.sqrt(squares) - norms[t]);
      worst = Math.max(worst, difference / Math.sqrt(sums.length));
    }
    for (int d = 0; d < sums.length; d++) {
      worst = Math.max(worst, Math.abs(sums[d] / hidden.rows() - mean[d]));
    }
    return worst;
  }
}

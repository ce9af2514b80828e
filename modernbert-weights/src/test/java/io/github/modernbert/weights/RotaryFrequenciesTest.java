package io.github.modernbert.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.github.modernbert.testdata.Golden;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The RoPE tables, bit by bit. */
class RotaryFrequenciesTest {
  private static final Pattern TABLE = Pattern.compile("dim(\\d+)\\.theta([0-9.]*[0-9])(\\..*)?");

  @Test
  void tablesOfAllCheckpoints() {
    int checked = 0;
    for (Path folder : Golden.folders("checkpoints", "expected.safetensors", "config.json")) {
      ModernBertConfig config = ModernBertConfig.read(folder);
      JsonObject cases = Golden.json(folder.resolve("cases.json")).getAsJsonObject();
      try (Checkpoint expected = Checkpoint.open(folder.resolve("expected.safetensors"))) {
        for (LayerType type : config.rope().keySet()) {
          var table = expected.find("rope." + type.key() + ".inv_freq");
          if (table.isPresent()) {
            var frequencies = RotaryFrequencies.of(config.rope(type), config.headDim());
            assertArrayEquals(
                table.get().toFloats(), frequencies.inverse(), folder + " " + type.key());
            checked++;
            if (cases.has("rope_attention_factor")) {
              assertEquals(
                  cases.getAsJsonObject("rope_attention_factor").get(type.key()).getAsDouble(),
                  frequencies.attentionFactor(),
                  folder + " " + type.key());
            }
          }
        }
      }
    }
    Golden.report("RoPE tables of checkpoints", checked);
  }

  /**
   * The reference's table differs from the steps that define the model where its report says so.
   */
  @Test
  void tablesOfManySizes() {
    int checked = 0;
    for (Path folder : Golden.folders("functions", "rope.safetensors", "report.json")) {
      JsonObject report =
          Golden.json(folder.resolve("report.json")).getAsJsonObject().getAsJsonObject("rope");
      try (Checkpoint expected = Checkpoint.open(folder.resolve("rope.safetensors"))) {
        for (String name : expected.names()) {
          var size = TABLE.matcher(name);
          assertTrue(size.matches(), name);
          String key = "dim%s.theta%s".formatted(size.group(1), size.group(2));
          float[] inverse =
              RotaryFrequencies.of(
                      new RopeSettings.Default(Double.parseDouble(size.group(2))),
                      Integer.parseInt(size.group(1)))
                  .inverse();
          int allowed =
              report.getAsJsonObject(key).get("differing_entries_pow_then_divide").getAsInt();
          assertEquals(allowed, differing(expected.tensor(name).toFloats(), inverse), name);
          checked += inverse.length;
        }
      }
    }
    Golden.report("RoPE table entries", checked);
  }

  private static int differing(float[] expected, float[] found) {
    assertEquals(expected.length, found.length);
    int differing = 0;
    for (int j = 0; j < found.length; j++) {
      assertEquals(expected[j], found[j], Math.ulp(expected[j]));
      differing += expected[j] == found[j] ? 0 : 1;
    }
    return differing;
  }

  @Test
  void headSizeIsChecked() {
    for (int headDim : new int[] {0, -2, 3}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> RotaryFrequencies.of(new RopeSettings.Default(10_000), headDim));
    }
  }
}

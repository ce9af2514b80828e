package io.github.modernbert.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.gson.JsonObject;
import io.github.modernbert.config.LayerType;
import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.config.RopeSettings;
import io.github.modernbert.testdata.Golden;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The RoPE tables, bit by bit. */
class RotaryFrequenciesTest {
  private static final Pattern TABLE = Pattern.compile("dim(\\d+)\\.theta([0-9.]*[0-9])(\\..*)?");

  @TestFactory
  Stream<DynamicTest> tablesOfAllCheckpoints() {
    List<Path> folders = Golden.folders("checkpoints", "expected.safetensors", "config.json");
    Golden.report("checkpoints with RoPE tables", folders.size());
    return folders.stream()
        .map(folder -> dynamicTest(folder.toString(), () -> checkTables(folder)));
  }

  private static void checkTables(Path folder) {
    ModernBertConfig config = ModernBertConfig.read(folder);
    JsonObject cases = Golden.json(folder.resolve("cases.json")).getAsJsonObject();
    try (Checkpoint expected = Checkpoint.open(folder.resolve("expected.safetensors"))) {
      for (LayerType type : config.rope().keySet()) {
        var frequencies = RotaryFrequencies.of(config.rope(type), config.headDim());
        expected
            .find("rope." + type.key() + ".inv_freq")
            .ifPresent(table -> assertArrayEquals(table.toFloats(), frequencies.inverse()));
        if (cases.has("rope_attention_factor")) {
          assertEquals(
              cases.getAsJsonObject("rope_attention_factor").get(type.key()).getAsDouble(),
              frequencies.attentionFactor());
        }
      }
    }
  }

  /**
   * The reference's table differs from the steps that define the model where its report says so.
   */
  @TestFactory
  List<DynamicTest> tablesOfManySizes() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path folder : Golden.folders("functions", "rope.safetensors", "report.json")) {
      JsonObject report =
          Golden.json(folder.resolve("report.json")).getAsJsonObject().getAsJsonObject("rope");
      try (Checkpoint expected = Checkpoint.open(folder.resolve("rope.safetensors"))) {
        for (String name : expected.names()) {
          float[] table = expected.tensor(name).toFloats();
          tests.add(dynamicTest(name, () -> checkTable(name, table, report)));
        }
      }
    }
    Golden.report("RoPE tables of many sizes", tests.size());
    return tests;
  }

  private static void checkTable(String name, float[] expected, JsonObject report) {
    var size = TABLE.matcher(name);
    assertTrue(size.matches(), name);
    String key = "dim%s.theta%s".formatted(size.group(1), size.group(2));
    var settings = new RopeSettings.Default(Double.parseDouble(size.group(2)));
    float[] found = RotaryFrequencies.of(settings, Integer.parseInt(size.group(1))).inverse();
    int allowed = report.getAsJsonObject(key).get("differing_entries_pow_then_divide").getAsInt();
    assertEquals(allowed, differing(expected, found));
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

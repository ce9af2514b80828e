package io.github.modernbert.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ReportTest {
  private static final Measurement SLOW_PEAK = peak(80e9);
  private static final Measurement FAST_PEAK = peak(100e9);
  private static final Measurement PRODUCT =
      new Measurement(
          "Products.multiply",
          Map.of("rows", "128"),
          List.of(2e-3, 1e-3, 1.5e-3),
          Map.of("flops", 71.5e9));

  private static Measurement peak(double flops) {
    return new Measurement("Peak.fma", Map.of(), List.of(1e-5), Map.of("flops", flops));
  }

  private static Report report(String... arguments) {
    return new Report(
        Map.of("CPU", "abacus"),
        Settings.parse(List.of(arguments)),
        List.of(FAST_PEAK, SLOW_PEAK),
        List.of(PRODUCT));
  }

  @Test
  void sharesAreOfTheHigherPeak() {
    String text = report().markdown();
    assertTrue(text.contains("| CPU | abacus |"), text);
    assertTrue(
        text.contains("| Products.multiply | rows 128 | 1.50 ms | 67 % | 71.5 GFLOP/s | 71.5 % |"),
        text);
    assertTrue(text.contains("| Peak.fma |  | 10.0 µs | 0 % | 80.0 GFLOP/s | 80.0 % |"), text);
  }

  @Test
  void fewOrShortIterationsAreCalledRough() {
    assertFalse(report().markdown().contains("Rough"));
    assertTrue(report("--iterations", "4").markdown().contains("Rough: fewer than 5"));
    assertTrue(report("--seconds", "0.5").markdown().contains("Rough"));
  }

  @Test
  void jsonHasAllIterations() {
    var root = JsonParser.parseString(report("--iterations", "3").json()).getAsJsonObject();
    assertEquals(100e9, root.get("peakFlops").getAsDouble());
    assertTrue(root.get("rough").getAsBoolean());
    var product = root.getAsJsonArray("measurements").get(0).getAsJsonObject();
    assertEquals(3, product.getAsJsonArray("seconds").size());
    assertEquals("128", product.getAsJsonObject("parameters").get("rows").getAsString());
  }

  @Test
  void settings() {
    assertEquals(
        new Settings("Gates", 9, 0.25, Path.of("x.json")),
        Settings.parse(
            List.of(
                "--only", "Gates", "--iterations", "9", "--seconds", "0.25", "--json", "x.json")));
    assertNull(Settings.parse(List.of()).json());
    for (List<String> wrong :
        List.of(
            List.of("--json"),
            List.of("--iterations", "0"),
            List.of("--iterations", "many"),
            List.of("--seconds", "NaN"),
            List.of("--fast"))) {
      assertThrows(IllegalArgumentException.class, () -> Settings.parse(wrong), wrong.toString());
    }
  }

  @Test
  void theMachineIsDescribed() {
    Map<String, String> facts = Machine.describe();
    assertTrue(facts.keySet().containsAll(List.of("CPU", "cores", "JDK", "flags", "kernels")));
    facts.forEach((name, value) -> assertFalse(value.isBlank(), name));
  }
}

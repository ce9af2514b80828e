package io.github.modernbert.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.github.modernbert.kernels.WeightFormat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class ReportTest {
  private static final Measurement SLOW_PEAK = peak(80e9);
  private static final Measurement FAST_PEAK = peak(100e9);
  private static final Measurement PRODUCT =
      new Measurement(
          "Products.multiply",
          new TreeMap<>(Map.of("kernels", "vector", "rows", "128", "format", "FLOAT32")),
          List.of(2e-3, 1e-3, 1.5e-3),
          Map.of("flops", 71.5e9));

  private static final Measurement COPY =
      new Measurement("Peak.copy", Map.of(), List.of(1e-5), Map.of("bytes", 50e9));
  private static final Measurement NORM =
      new Measurement("Rows.layerNorm", Map.of(), List.of(1e-5, 0.5e-5), Map.of("bytes", 10e9));

  private static Measurement peak(double flops) {
    return new Measurement("Peak.fma", Map.of(), List.of(1e-5), Map.of("flops", flops));
  }

  private static Report report(String... arguments) {
    return new Report(
        Map.of("CPU", "abacus"),
        Settings.parse(List.of(arguments)),
        new Peaks(List.of(FAST_PEAK, COPY, SLOW_PEAK)),
        List.of(PRODUCT, NORM));
  }

  @Test
  void sharesAreOfTheHigherPeak() {
    String text = report().markdown();
    assertTrue(text.contains("| CPU | abacus |"), text);
    assertTrue(
        text.contains(
            "| Products.multiply | format FLOAT32, kernels vector, rows 128 | 1.50 ms | 67 % | 71.5"
                + " GFLOP/s | 71.5 % |"),
        text);
    assertTrue(text.contains("| 10.0 GB/s | 20.0 % |"), text);
    assertTrue(text.contains("| Peak.fma |  | 10.0 µs | 0 % | 80.0 GFLOP/s | 80.0 % |"), text);
  }

  @Test
  void productsOfIntegersAreSharesOfWhatIsThere() {
    Measurement product = product("INT8", 190e9);
    Measurement vnni = instruction("VPDPBUSD", 200e9);
    Measurement amx = instruction("TDPBUSD", 1000e9);
    assertEquals("190.0 G operations/s | 95.0 % of VNNI, 19.0 % of AMX |", row(product, vnni, amx));
    assertEquals("190.0 G operations/s | 95.0 % of VNNI |", row(product, vnni));
    assertEquals("190.0 G operations/s | 190.0 % |", row(product));
    // A loop of multiply-adds in machine code counts where it is faster than that of Java.
    Measurement fma = instruction("VFMADD213PS", 125e9);
    assertEquals("50.0 GFLOP/s | 40.0 % |", row(product("BFLOAT16", 50e9), fma, vnni, amx));
  }

  @Test
  void goalsOfIntegersAreAboutVnni() {
    String goal = "lowest share of the VNNI peak | ≥ 0.85 | ";
    Measurement product = product("INT8", 190e9);
    String text = report(product, instruction("VPDPBUSD", 200e9)).markdown();
    assertTrue(text.contains(goal + "0.950 | met |"), text);
    text = report(product).markdown();
    assertTrue(text.contains(goal + " | not measured |"), text);
  }

  private static Measurement product(String format, double rate) {
    var parameters = new TreeMap<>(Map.of("kernels", "codegen", "rows", "64", "format", format));
    return new Measurement("Products.multiply", parameters, List.of(1e-3), Map.of("flops", rate));
  }

  private static Measurement instruction(String name, double rate) {
    return new Measurement(
        "InstructionPeak.run", Map.of("instruction", name), List.of(1e-5), Map.of("flops", rate));
  }

  private static Report report(Measurement product, Measurement... peaks) {
    var all = new ArrayList<>(List.of(FAST_PEAK, COPY));
    all.addAll(List.of(peaks));
    return new Report(Map.of(), Settings.parse(List.of()), new Peaks(all), List.of(product));
  }

  /** The end of the product's row. */
  private static String row(Measurement product, Measurement... peaks) {
    String row =
        report(product, peaks)
            .markdown()
            .lines()
            .filter(line -> line.startsWith("| Products.multiply"))
            .findFirst()
            .orElseThrow();
    return row.split("0 % \\| ", 2)[1];
  }

  @Test
  void fewOrShortIterationsAreCalledRough() {
    assertFalse(report().markdown().contains("Rough"));
    assertTrue(report("--iterations", "4").markdown().contains("Rough: fewer than 5"));
    assertTrue(report("--seconds", "0.4").markdown().contains("Rough"));
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
  void goalsAreComputed() {
    String text = report().markdown();
    assertTrue(text.contains("lowest share of the peak | ≥ 0.72 | 0.715 | **not met** |"), text);
    assertTrue(text.contains("attention, global 512: share of the peak | ≥ 0.5 |  | not measured"));
    assertEquals("met", Goal.atMost("x", 1, OptionalDouble.of(1)).verdict());
  }

  @Test
  void kernelsAreComparedWithTheirFloorsByTheirBestIteration() {
    var floors =
        Floors.parse(
            List.of("# floors", "", "Products.multiply, rows 128 , 0.9", "Rows.layerNorm, 0.5"));
    List<Floor.Comparison> kernels = report().compare(floors);
    assertEquals(2, kernels.size());
    // 10 GB/s in the median of 7.5 µs are 15 GB/s in 5 µs; the peak is 50.
    assertEquals(0.3, kernels.get(1).share(), 1e-9);
    assertTrue(kernels.get(1).isBelow());
    assertFalse(kernels.get(0).isBelow(), "107 % in the best iteration");
    assertTrue(kernels.get(1).row().contains("| 30.0 % | 50.0 % | **below** |"));
  }

  @Test
  void noKernelIsLeftWithoutAFloor() {
    var floors = Floors.parse(List.of("Products.multiply, rows 64, 0.5", "Rows.layerNorm, 0.1"));
    String message =
        assertThrows(IllegalStateException.class, () -> report().compare(floors)).toString();
    assertTrue(
        message.contains("Products.multiply, format FLOAT32, kernels vector, rows 128"), message);
    report().compare(Floors.read());
  }

  @Test
  void floorsThatCannotBeReadNameTheirLine() {
    for (String wrong :
        List.of("Rows.gate", "Rows.gate, high", "Rows.gate, 1.5", "Rows.gate, model, 0.1")) {
      var lines = List.of("#", wrong);
      String message =
          assertThrows(IllegalArgumentException.class, () -> Floors.parse(lines)).toString();
      assertTrue(message.contains("floors.csv, line 2: "), message);
    }
  }

  @Test
  void settings() {
    assertEquals(
        new Settings(
            "Rows",
            List.of("vector", "portable"),
            List.of(WeightFormat.INT8, WeightFormat.FLOAT32),
            true,
            false,
            9,
            0.25,
            Path.of("x.json")),
        Settings.parse(
            List.of(
                "--only",
                "Rows",
                "--kernels",
                "vector,portable",
                "--formats",
                "int8,float32",
                "--all",
                "--iterations",
                "9",
                "--seconds",
                "0.25",
                "--json",
                "x.json")));
    assertTrue(Settings.parse(List.of("--check")).seconds() < Settings.SHORT);
    assertNull(Settings.parse(List.of()).json());
    for (List<String> wrong :
        List.of(
            List.of("--json"),
            List.of("--iterations", "0"),
            List.of("--iterations", "many"),
            List.of("--seconds", "NaN"),
            List.of("--formats", "int4"),
            List.of("--fast"))) {
      assertThrows(IllegalArgumentException.class, () -> Settings.parse(wrong), wrong.toString());
    }
  }

  @Test
  void theMachineIsDescribed() {
    Map<String, String> facts = RunEnvironment.describe();
    assertTrue(facts.keySet().containsAll(List.of("CPU", "cores", "JDK", "flags", "kernels")));
    facts.forEach((name, value) -> assertFalse(value.isBlank(), name));
  }
}

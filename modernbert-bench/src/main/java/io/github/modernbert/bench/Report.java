package io.github.modernbert.bench;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import io.github.modernbert.bench.PeakLoop.Instruction;
import io.github.modernbert.kernels.WeightFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The results of a run.
 *
 * @param machine from {@link RunEnvironment#describe}
 * @param settings the run's
 * @param peaks those of one core
 * @param measurements in the order they were made
 */
record Report(
    Map<String, String> machine, Settings settings, Peaks peaks, List<Measurement> measurements) {
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  /** Kernels with their floors; what was not measured against a peak is left out. */
  List<Floor.Comparison> compare(Floors floors) {
    var comparisons = new ArrayList<Floor.Comparison>();
    for (Measurement m : measurements) {
      List<Peaks.Share> shares = peaks.shares(m);
      if (!shares.isEmpty()) {
        double share = shares.getFirst().value() * m.fastestOverMedian();
        comparisons.add(new Floor.Comparison(m, share, floors.of(m)));
      }
    }
    return comparisons;
  }

  String markdown() {
    var text = new StringBuilder("| | |\n| --- | --- |\n");
    machine.forEach((name, value) -> text.append("| %s | %s |%n".formatted(name, value)));
    text.append(format("| iterations | %d of %s s |\n", settings.iterations(), settings.seconds()));
    text.append("\n| benchmark | parameters | time of a call | spread | rate | of peak |\n")
        .append("| --- | --- | ---: | ---: | ---: | ---: |\n");
    peaks.measurements().forEach(m -> text.append(row(m)));
    measurements.forEach(m -> text.append(row(m)));
    text.append("\nTimes and rates are medians of the iterations, spread is (slowest − fastest) /")
        .append(" median, the peaks are those of one core. All results were checked.\n");
    if (isRough()) {
      text.append(
          format(
              "\n**Rough: fewer than %d iterations, or shorter than %s s. Do not quote.**\n",
              Settings.FEW, Settings.SHORT));
    }
    text.append("\n| goal | bound | found | |\n| --- | --- | ---: | --- |\n");
    goals().forEach(goal -> text.append(goal.row()));
    return text.toString();
  }

  private List<Goal> goals() {
    return List.of(
        Goal.atLeast(
            "matrix product, 128 rows and more: lowest share of the peak",
            0.72,
            lowestShare("vector", m -> isProduct(m, WeightFormat.FLOAT32, 128))),
        Goal.atLeast(
            "matrix product, codegen, 64 rows and more: lowest share of the peak",
            0.9,
            lowestShare("codegen", m -> isProduct(m, WeightFormat.FLOAT32, 64))),
        Goal.atLeast(
            "int8 product, codegen, 64 rows and more: lowest share of the VNNI peak",
            0.85,
            peaks.of(Instruction.VPDPBUSD).isEmpty()
                ? OptionalDouble.empty()
                : lowestShare("codegen", m -> isProduct(m, WeightFormat.INT8, 64))),
        attentionGoal("global 512"),
        attentionGoal("local 8192"));
  }

  private static boolean isProduct(Measurement m, WeightFormat format, int rows) {
    return m.benchmark().equals("Products.multiply")
        && format.name().equals(m.parameters().get("format"))
        && Integer.parseInt(m.parameters().getOrDefault("rows", "0")) >= rows;
  }

  private Goal attentionGoal(String layer) {
    return Goal.atLeast(
        "attention, %s: share of the peak".formatted(layer),
        0.5,
        lowestShare("vector", m -> layer.equals(m.parameters().get("layer"))));
  }

  private OptionalDouble lowestShare(String kernels, Predicate<Measurement> which) {
    return measurements.stream()
        .filter(m -> kernels.equals(m.parameters().get("kernels")))
        .filter(which)
        .mapToDouble(m -> peaks.shares(m).getFirst().value())
        .min();
  }

  private boolean isRough() {
    return settings.iterations() < Settings.FEW || settings.seconds() < Settings.SHORT;
  }

  private String row(Measurement m) {
    return format(
        "| %s | %s | %s | %.0f %% | %s | %s |\n",
        m.benchmark(),
        m.parameterList(),
        time(m.medianSeconds()),
        100 * m.spread(),
        m.rates().entrySet().stream()
            .map(e -> rate(m, e.getKey(), e.getValue()))
            .collect(Collectors.joining(", ")),
        peaks.shares(m).stream()
            .map(share -> format("%.1f %%%s", 100 * share.value(), share.name()))
            .collect(Collectors.joining(", ")));
  }

  private static String time(double seconds) {
    if (seconds < 1e-3) {
      return format("%.1f µs", seconds * 1e6);
    }
    return seconds < 1 ? format("%.2f ms", seconds * 1e3) : format("%.2f s", seconds);
  }

  private static String rate(Measurement m, String counter, double rate) {
    return switch (counter) {
      case Peaks.FLOPS ->
          format("%.1f %s/s", rate / 1e9, Peaks.isOfIntegers(m) ? "G operations" : "GFLOP");
      case Peaks.BYTES -> format("%.1f GB/s", rate / 1e9);
      default -> format("%.0f %s/s", rate, counter);
    };
  }

  private static String format(String pattern, Object... arguments) {
    return String.format(Locale.ROOT, pattern, arguments);
  }

  /** The same with all digits and all iterations. */
  String json() {
    var root = new JsonObject();
    root.add("machine", GSON.toJsonTree(machine));
    root.addProperty("iterations", settings.iterations());
    root.addProperty("secondsPerIteration", settings.seconds());
    root.addProperty("rough", isRough());
    root.addProperty("peakFlops", peaks.flops());
    root.addProperty("peakBytes", peaks.bytes());
    root.add("peaks", GSON.toJsonTree(peaks.measurements()));
    root.add("measurements", GSON.toJsonTree(measurements));
    root.add("goals", GSON.toJsonTree(goals().stream().map(Goal::facts).toList()));
    return GSON.toJson(root) + "\n";
  }
}

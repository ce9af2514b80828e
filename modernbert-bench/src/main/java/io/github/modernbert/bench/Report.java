package io.github.modernbert.bench;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The results of a run.
 *
 * @param machine from {@link Machine#describe}
 * @param settings the run's
 * @param peaks the peak before and after everything else
 * @param measurements in the order they were made
 */
record Report(
    Map<String, String> machine,
    Settings settings,
    List<Measurement> peaks,
    List<Measurement> measurements) {
  private static final String FLOPS = "flops";
  private static final String BYTES = "bytes";
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  /** The higher of the peaks: no share of it is flattered by a machine that was slower then. */
  double peak(String counter) {
    return peaks.stream()
        .filter(peak -> peak.rates().containsKey(counter))
        .mapToDouble(peak -> peak.rate(counter))
        .max()
        .orElseThrow();
  }

  /** What a measurement is a share of: the counter of a peak, or null. */
  private static @Nullable String sharedCounter(Measurement m) {
    return Stream.of(FLOPS, BYTES).filter(m.rates()::containsKey).findFirst().orElse(null);
  }

  /** Kernels with their floors; what was not measured against a peak is left out. */
  List<Floor.Comparison> compare(Floors floors) {
    var comparisons = new ArrayList<Floor.Comparison>();
    for (Measurement m : measurements) {
      String counter = sharedCounter(m);
      if (counter != null) {
        double share = m.bestRate(counter) / peak(counter);
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
    peaks.forEach(m -> text.append(row(m)));
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

  /** Those for kernels, of the vector kernels. */
  private List<Goal> goals() {
    return List.of(
        Goal.atLeast(
            "matrix product, 128 rows and more: lowest share of the peak",
            0.72,
            lowestShare(m -> m.benchmark().equals("Products.multiply") && hasManyRows(m))),
        attentionGoal("global 512"),
        attentionGoal("local 8192"));
  }

  private static boolean hasManyRows(Measurement m) {
    return Integer.parseInt(m.parameters().getOrDefault("rows", "0")) >= 128;
  }

  private Goal attentionGoal(String layer) {
    return Goal.atLeast(
        "attention, %s: share of the peak".formatted(layer),
        0.5,
        lowestShare(m -> layer.equals(m.parameters().get("layer"))));
  }

  private OptionalDouble lowestShare(Predicate<Measurement> which) {
    return measurements.stream()
        .filter(m -> "vector".equals(m.parameters().get("kernels")))
        .filter(which)
        .mapToDouble(m -> m.rate(FLOPS) / peak(FLOPS))
        .min();
  }

  private boolean isRough() {
    return settings.iterations() < Settings.FEW || settings.seconds() < Settings.SHORT;
  }

  private String row(Measurement m) {
    String counter = sharedCounter(m);
    return format(
        "| %s | %s | %s | %.0f %% | %s | %s |\n",
        m.benchmark(),
        m.parameterList(),
        time(m.medianSeconds()),
        100 * m.spread(),
        m.rates().entrySet().stream()
            .map(e -> rate(e.getKey(), e.getValue()))
            .collect(Collectors.joining(", ")),
        counter == null ? "" : format("%.1f %%", 100 * m.rate(counter) / peak(counter)));
  }

  private static String time(double seconds) {
    if (seconds < 1e-3) {
      return format("%.1f µs", seconds * 1e6);
    }
    return seconds < 1 ? format("%.2f ms", seconds * 1e3) : format("%.2f s", seconds);
  }

  private static String rate(String counter, double rate) {
    return switch (counter) {
      case FLOPS -> format("%.1f GFLOP/s", rate / 1e9);
      case BYTES -> format("%.1f GB/s", rate / 1e9);
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
    root.addProperty("peakFlops", peak(FLOPS));
    root.addProperty("peakBytes", peak(BYTES));
    root.add("peaks", GSON.toJsonTree(peaks));
    root.add("measurements", GSON.toJsonTree(measurements));
    root.add("goals", GSON.toJsonTree(goals().stream().map(Goal::facts).toList()));
    return GSON.toJson(root) + "\n";
  }
}

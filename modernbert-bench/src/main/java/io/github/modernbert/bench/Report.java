package io.github.modernbert.bench;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

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
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  /** The higher of the peaks: no share of it is flattered by a machine that was slower then. */
  double peakFlops() {
    return peaks.stream().mapToDouble(peak -> rate(peak, FLOPS)).max().orElseThrow();
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
        .append(" median, the peak is that of one core. All results were checked.\n");
    if (isRough()) {
      text.append(
          format(
              "\n**Rough: fewer than %d iterations, or shorter than 1 s. Do not quote.**\n",
              Settings.FEW));
    }
    return text.toString();
  }

  private boolean isRough() {
    return settings.iterations() < Settings.FEW || settings.seconds() < 1;
  }

  private String row(Measurement m) {
    return format(
        "| %s | %s | %s | %.0f %% | %s | %s |\n",
        m.benchmark(),
        m.parameters().entrySet().stream()
            .map(e -> e.getKey() + " " + e.getValue())
            .collect(Collectors.joining(", ")),
        time(m.medianSeconds()),
        100 * m.spread(),
        m.rates().entrySet().stream()
            .map(e -> rate(e.getKey(), e.getValue()))
            .collect(Collectors.joining(", ")),
        m.rates().containsKey(FLOPS) ? format("%.1f %%", 100 * rate(m, FLOPS) / peakFlops()) : "");
  }

  private static double rate(Measurement m, String name) {
    Double rate = m.rates().get(name);
    if (rate == null) {
      throw new IllegalStateException("%s counted no %s".formatted(m.benchmark(), name));
    }
    return rate;
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
      case "bytes" -> format("%.1f GB/s", rate / 1e9);
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
    root.addProperty("peakFlops", peakFlops());
    root.add("peaks", GSON.toJsonTree(peaks));
    root.add("measurements", GSON.toJsonTree(measurements));
    return GSON.toJson(root) + "\n";
  }
}

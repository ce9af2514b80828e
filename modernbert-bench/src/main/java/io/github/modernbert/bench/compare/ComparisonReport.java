package io.github.modernbert.bench.compare;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import io.github.modernbert.bench.compare.Peer.Precision;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/**
 * The results of a comparison.
 *
 * @param machine from {@link io.github.modernbert.bench.Machine#describe}
 * @param contestants versions and settings by name
 * @param results in the order they were made
 */
record ComparisonReport(
    Map<String, String> machine,
    CompareSettings settings,
    Map<String, String> contestants,
    List<Result> results) {
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  /** The results of one workload, for progress and report. */
  static String table(Workload workload, List<Result> results) {
    var text = new StringBuilder();
    text.append(
        format(
            "\n%s: %d texts, %d tokens, %d threads\n\n",
            workload.name(),
            workload.texts().size(),
            workload.tokens(),
            results.getFirst().threads()));
    text.append("| contestant | batches | padded tokens | p50 ms | p99 ms | tokens/s | ours ÷ it | runs |\n")
        .append("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    Result ours = results.stream().filter(Result::isOurs).findFirst().orElseThrow();
    for (Result r : results) {
      text.append(
          format(
              "| %s | %s | %s | %.1f | %.1f | %.0f | %.2f | %d |\n",
              r.contestant(),
              r.batching().title(),
              r.isOurs() ? "" : Long.toString(r.batching().paddedTokens(workload.texts())),
              1e3 * r.medianSeconds(),
              1e3 * r.percentile(99),
              r.tokensPerSecond(),
              r.medianSeconds() / ours.medianSeconds(),
              r.seconds().size()));
    }
    return text.toString();
  }

  static OptionalDouble best(List<Result> results, Predicate<Result> which) {
    return results.stream()
        .filter(r -> !r.isOurs() && r.precision() == Precision.FP32)
        .filter(which)
        .mapToDouble(Result::tokensPerSecond)
        .max();
  }

  String markdown() {
    var text = new StringBuilder("| | |\n| --- | --- |\n");
    machine.forEach((name, value) -> text.append("| %s | %s |%n".formatted(name, value)));
    contestants.forEach((name, value) -> text.append("| %s | %s |%n".formatted(name, value)));
    return text.toString();
  }

  private static String format(String pattern, Object... arguments) {
    return String.format(Locale.ROOT, pattern, arguments);
  }

  /** The same with all digits and all runs. */
  String json() {
    var root = new JsonObject();
    root.add("machine", GSON.toJsonTree(machine));
    root.add("contestants", GSON.toJsonTree(contestants));
    root.add("results", GSON.toJsonTree(results));
    return GSON.toJson(root) + "\n";
  }
}

package io.github.modernbert.bench.compare;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import io.github.modernbert.bench.Goal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The results of a comparison.
 *
 * @param facts about machine, settings and contestants, by name
 * @param peakFlops of one core: the higher of before and after everything else
 * @param results in the order they were made
 * @param products single matrix products
 * @param startUps of fresh processes
 */
record ComparisonReport(
    Map<String, String> facts,
    double peakFlops,
    List<Result> results,
    List<ProductResult> products,
    List<StartUp> startUps) {
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  private static final double MEGABYTE = 1e6;

  String markdown() {
    var text = new StringBuilder("| | |\n| --- | --- |\n");
    facts.forEach((name, value) -> text.append(format("| %s | %s |\n", name, value)));
    text.append(format("| peak of a core | %.1f GFLOP/s |\n", peakFlops / 1e9));
    List<List<Result>> contests =
        results.stream()
            .map(r -> results.stream().filter(r::isOfTheSameContest).toList())
            .distinct()
            .toList();
    contests.forEach(some -> text.append(table(some)));
    if (!products.isEmpty()) {
      text.append(productTable());
    }
    if (!startUps.isEmpty()) {
      text.append(startUpTable());
    }
    text.append("\n| goal | bound | found | |\n| --- | --- | ---: | --- |\n");
    Goals.of(results, products, startUps).forEach(goal -> text.append(goal.row()));
    return text.toString();
  }

  /** The results of one workload on so many threads. */
  String table(List<Result> some) {
    Result ours = some.stream().filter(Result::isOurs).findFirst().orElseThrow();
    var text = new StringBuilder();
    text.append(
            format(
                "\n**%s**, %d tokens, threads: %d\n\n",
                ours.workload(), ours.tokens(), ours.threads()))
        .append(
            "| who | batches | padded | p50 ms | p99 ms | tokens/s | of peak | ours ÷ it | runs"
                + " | most MB |\n")
        .append("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    for (Result r : some) {
      text.append(
          format(
              "| %s | %s | %d | %.1f | %.1f | %.0f | %s | %.2f | %d | %.0f |\n",
              r.contestant(),
              r.batching().title(),
              r.paddedTokens(),
              1e3 * r.medianSeconds(),
              1e3 * r.percentile(99),
              r.tokensPerSecond(),
              share(r),
              r.medianSeconds() / ours.medianSeconds(),
              r.seconds().size(),
              r.memory().peak() / MEGABYTE));
    }
    return text.toString();
  }

  /**
   * The share of what the cores could do at most, with the products of the model over real tokens.
   */
  private String share(Result r) {
    if (r.precision() == Peer.Precision.INT8) {
      return "";
    }
    return format("%.0f %%", 100 * r.flops() / r.medianSeconds() / (peakFlops * r.threads()));
  }

  private String productTable() {
    var text =
        new StringBuilder(
            """

            **Matrix products** on one thread, weights in the caches

            | shape | rows | ours GFLOP/s | of peak | ONNX Runtime GFLOP/s | of peak | ours ÷ it |
            | --- | ---: | ---: | ---: | ---: | ---: | ---: |
            """);
    for (ProductResult p : products) {
      double ours = p.flops() / p.ours();
      double theirs = p.flops() / p.onnxRuntime();
      text.append(
          format(
              "| %s | %d | %.1f | %.0f %% | %.1f | %.0f %% | %.2f |\n",
              p.shape(),
              p.rows(),
              ours / 1e9,
              100 * ours / peakFlops,
              theirs / 1e9,
              100 * theirs / peakFlops,
              p.ratio()));
    }
    return text.toString();
  }

  private String startUpTable() {
    var text =
        new StringBuilder(
            """

            **Fresh processes**: seconds from the start of the process to the vector of 16 tokens; memory in MB

            | who | first vector | of it load | of it run | resident then | most so far | after 8192 tokens | most so far |
            | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
            """);
    for (StartUp s : startUps) {
      text.append(
          format(
              "| %s | %.2f | %.2f | %.2f | %s | %s |\n",
              s.contestant(),
              s.firstVectorSeconds(),
              s.loadSeconds(),
              s.firstRunSeconds(),
              memory(s.loaded()),
              memory(s.longText())));
    }
    return text.toString();
  }

  private static String memory(@Nullable Memory memory) {
    return memory == null
        ? " | "
        : format("%.0f | %.0f", memory.resident() / MEGABYTE, memory.peak() / MEGABYTE);
  }

  private static String format(String pattern, Object... arguments) {
    return String.format(Locale.ROOT, pattern, arguments);
  }

  /** The same with all digits and all runs. */
  String json() {
    var root = new JsonObject();
    root.add("facts", GSON.toJsonTree(facts));
    root.addProperty("peakFlops", peakFlops);
    root.add("results", GSON.toJsonTree(results));
    root.add("products", GSON.toJsonTree(products));
    root.add("startUps", GSON.toJsonTree(startUps));
    root.add(
        "goals",
        GSON.toJsonTree(Goals.of(results, products, startUps).stream().map(Goal::facts).toList()));
    return GSON.toJson(root) + "\n";
  }
}

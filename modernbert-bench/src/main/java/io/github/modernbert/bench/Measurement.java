package io.github.modernbert.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;

/**
 * One benchmark with one set of parameters.
 *
 * @param benchmark class and method
 * @param parameters by name
 * @param seconds of one call: one value for each iteration
 * @param rates what was done a second, by the names of the counters; medians of the iterations
 */
record Measurement(
    String benchmark,
    Map<String, String> parameters,
    List<Double> seconds,
    Map<String, Double> rates) {

  static Measurement of(RunResult run) {
    BenchmarkParams params = run.getParams();
    String[] name = params.getBenchmark().split("\\.");
    var parameters = new LinkedHashMap<String, String>();
    params.getParamsKeys().forEach(key -> parameters.put(key, params.getParam(key)));
    var seconds = new ArrayList<Double>();
    var counts = new TreeMap<String, List<Double>>();
    for (BenchmarkResult fork : run.getBenchmarkResults()) {
      for (IterationResult iteration : fork.getIterationResults()) {
        double score = iteration.getPrimaryResult().getScore();
        seconds.add(params.getMode() == Mode.Throughput ? 1 / score : score);
        iteration
            .getSecondaryResults()
            .forEach((label, result) ->
                counts.computeIfAbsent(label, l -> new ArrayList<>()).add(result.getScore()));
      }
    }
    var rates = new TreeMap<String, Double>();
    counts.forEach((label, values) -> rates.put(label, Median.of(values)));
    return new Measurement(
        name[name.length - 2] + "." + name[name.length - 1], parameters, seconds, rates);
  }

  /** The parameters in words. */
  String parameterList() {
    return parameters.entrySet().stream()
        .map(e -> e.getKey() + " " + e.getValue())
        .collect(Collectors.joining(", "));
  }

  /** How many times as fast as the median iteration the fastest one was. */
  double fastestOverMedian() {
    double fastest = seconds.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    return medianSeconds() / fastest;
  }

  /**
   * The rate of a counter: what was done a second.
   *
   * @throws IllegalStateException if the benchmark did not count that
   */
  double rate(String counter) {
    Double rate = rates.get(counter);
    if (rate == null) {
      throw new IllegalStateException("%s counted no %s".formatted(benchmark, counter));
    }
    return rate;
  }

  /** The median time of a call. */
  double medianSeconds() {
    return Median.of(seconds);
  }

  /** How far the iterations lie apart, as a share of their median. */
  double spread() {
    double[] sorted = sorted(seconds);
    return (sorted[sorted.length - 1] - sorted[0]) / medianSeconds();
  }

  private static double[] sorted(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted;
  }
}

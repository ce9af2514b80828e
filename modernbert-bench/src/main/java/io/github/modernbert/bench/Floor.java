package io.github.modernbert.bench;

import java.util.Locale;
import java.util.Map;

/**
 * The share of the peak that a kernel must reach.
 *
 * @param benchmark class and method
 * @param parameters those that a measurement must have to be meant
 * @param share of the peak
 */
record Floor(String benchmark, Map<String, String> parameters, double share) {
  boolean isFor(Measurement measurement) {
    return benchmark.equals(measurement.benchmark())
        && measurement.parameters().entrySet().containsAll(parameters.entrySet());
  }

  /** A kernel's share of the peak and its floor. */
  record Comparison(Measurement measurement, double share, Floor floor) {
    boolean isBelow() {
      return !(share >= floor.share);
    }

    /** A row of a Markdown table. */
    String row() {
      return String.format(
          Locale.ROOT,
          "| %s | %s | %.1f %% | %.1f %% | %s |\n",
          measurement.benchmark(),
          measurement.parameterList(),
          100 * share,
          100 * floor.share,
          isBelow() ? "**below**" : "");
    }
  }
}

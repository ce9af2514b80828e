package io.github.modernbert.bench;

import java.util.List;

/** The middle of values, or the mean of the two in the middle. */
public final class Median {
  private Median() {}

  /**
   * The median.
   *
   * @param values at least one
   */
  public static double of(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}

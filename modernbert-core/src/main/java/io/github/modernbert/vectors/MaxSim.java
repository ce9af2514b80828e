package io.github.modernbert.vectors;

import java.util.Arrays;

/** Late interaction: how well the vectors of one text are met by those of another. */
public final class MaxSim {
  private static final int TOGETHER = Comparison.TOGETHER;

  private MaxSim() {}

  /**
   * For each vector of a query its largest product with a vector of a document, all added up in
   * float64 in ascending order.
   *
   * @param query at least one
   * @param document at least one, of the dimension of the query's
   */
  public static double of(float[][] query, float[][] document) {
    var rows = new VectorRows.InMemory(document[0].length, document);
    var panel = new Panel(rows);
    var sums = new float[TOGETHER][panel.width()];
    var chains = new float[TOGETHER][panel.width()];
    float[][] padded = Arrays.stream(query).map(Panel::padded).toArray(float[][]::new);
    var largest = new float[query.length];
    Arrays.fill(largest, Float.NEGATIVE_INFINITY);
    for (int from = 0; from < document.length; from += Panel.WIDTH) {
      panel.fill(rows, from);
      for (int first = 0; first < query.length; first += TOGETHER) {
        int count = Math.min(TOGETHER, query.length - first);
        panel.sum(Terms.PRODUCTS, padded, first, count, sums, chains);
        for (int q = 0; q < count; q++) {
          for (int i = 0; i < panel.size(); i++) {
            largest[first + q] = Math.max(largest[first + q], sums[q][i]);
          }
        }
      }
    }
    double sum = 0;
    for (float each : largest) {
      sum += each;
    }
    return sum;
  }
}

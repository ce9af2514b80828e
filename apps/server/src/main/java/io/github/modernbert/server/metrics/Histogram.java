package io.github.modernbert.server.metrics;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.stream.DoubleStream;

/** Counts values by size. Safe for use by several threads. */
final class Histogram implements Metric {
  private final double[] bounds;
  private final AtomicLongArray counts;
  private final DoubleAdder sum = new DoubleAdder();

  /** Upper bounds of the buckets, ascending; what is larger than the last is counted too. */
  private Histogram(double[] bounds) {
    this.bounds = bounds;
    this.counts = new AtomicLongArray(bounds.length + 1);
  }

  /** For seconds: 35 bounds from 15 µs, each 1.5 times the one before. */
  static Histogram ofDurations() {
    return new Histogram(DoubleStream.iterate(15e-6, bound -> bound * 1.5).limit(35).toArray());
  }

  /** For numbers of things: so many powers of two. */
  static Histogram ofSizes(int bounds) {
    return new Histogram(DoubleStream.iterate(1, bound -> bound * 2).limit(bounds).toArray());
  }

  void record(double value) {
    int found = Arrays.binarySearch(bounds, value);
    counts.incrementAndGet(found >= 0 ? found : -found - 1);
    sum.add(value);
  }

  @Override
  public void write(MetricsText out, String name, String labels) {
    String separator = labels.isEmpty() ? "" : ",";
    long below = 0;
    for (int i = 0; i < bounds.length; i++) {
      below += counts.get(i);
      out.sample(
          name + "_bucket",
          "%s%sle=\"%s\"".formatted(labels, separator, MetricsText.number(bounds[i])),
          below);
    }
    below += counts.get(bounds.length);
    out.sample(name + "_bucket", labels + separator + "le=\"+Inf\"", below);
    out.sample(name + "_sum", labels, sum.sum());
    out.sample(name + "_count", labels, below);
  }

  @Override
  public String type() {
    return "histogram";
  }
}

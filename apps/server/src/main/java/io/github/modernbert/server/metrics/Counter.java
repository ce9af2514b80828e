package io.github.modernbert.server.metrics;

import java.util.concurrent.atomic.LongAdder;

/** A number that only grows. Safe for use by several threads. */
final class Counter implements Metric {
  private final LongAdder sum = new LongAdder();

  void add(long amount) {
    sum.add(amount);
  }

  @Override
  public void write(MetricsText out, String name, String labels) {
    out.sample(name, labels, sum.sum());
  }

  @Override
  public String type() {
    return "counter";
  }
}

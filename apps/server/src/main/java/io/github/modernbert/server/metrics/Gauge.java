package io.github.modernbert.server.metrics;

import java.util.function.DoubleSupplier;

/**
 * A number that is looked up when the metrics are read.
 *
 * @param value looks it up
 * @param type the type that Prometheus has for it: some of them only grow
 */
record Gauge(DoubleSupplier value, String type) implements Metric {
  @Override
  public void write(MetricsText out, String name, String labels) {
    out.sample(name, labels, value.getAsDouble());
  }
}

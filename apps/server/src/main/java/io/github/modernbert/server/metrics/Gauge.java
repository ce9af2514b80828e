package io.github.modernbert.server.metrics;

import java.util.function.DoubleSupplier;

/**
 * A number that is looked up when the metrics are read.
 *
 * @param value looks it up
 */
record Gauge(DoubleSupplier value) implements Metric {
  @Override
  public void write(MetricsText out, String name, String labels) {
    out.sample(name, labels, value.getAsDouble());
  }

  @Override
  public String type() {
    return "gauge";
  }
}

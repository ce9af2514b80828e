package io.github.modernbert.server.metrics;

/** A value, or several, with one set of labels. */
interface Metric {
  void write(MetricsText out, String name, String labels);

  /** The type that Prometheus has for it. */
  String type();
}

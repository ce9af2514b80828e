package io.github.modernbert.server.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/**
 * Metrics of one name, by the value of their label.
 *
 * @param <M> their type
 */
final class Family<M extends Metric> {
  private final String name;
  private final String help;
  private final Supplier<M> create;
  private final Map<String, M> byLabels = new ConcurrentSkipListMap<>();

  Family(String name, String help, Supplier<M> create) {
    this.name = name;
    this.help = help;
    this.create = create;
  }

  /** The one without labels. */
  M plain() {
    return byLabels.computeIfAbsent("", _ -> create.get());
  }

  /** The one with this label. */
  M with(String label, String value) {
    return byLabels.computeIfAbsent(MetricsText.label(label, value), _ -> create.get());
  }

  /** The one with these labels. */
  M with(String label, String value, String other, String otherValue) {
    return byLabels.computeIfAbsent(
        MetricsText.label(label, value) + "," + MetricsText.label(other, otherValue),
        _ -> create.get());
  }

  void put(String label, String value, M metric) {
    byLabels.put(label.isEmpty() ? "" : MetricsText.label(label, value), metric);
  }

  void write(MetricsText out) {
    if (!byLabels.isEmpty()) {
      out.family(name, help, byLabels.values().iterator().next().type());
      byLabels.forEach((labels, metric) -> metric.write(out, name, labels));
    }
  }
}

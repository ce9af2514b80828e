package io.github.modernbert.bench.load;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The measurements of a run. Safe for use by several threads until it is read. */
final class LoadResult {
  private static final double MILLIS = 1e6;
  private static final double NANOS = 1e9;

  private final Map<String, Integer> errors = new TreeMap<>();
  private long[] latencies = new long[1024];
  private int requests;
  private long texts;
  private long tokens;
  private long nanos;

  /** Counts a request that was answered in the time that is measured. */
  synchronized void add(int requestTexts, LoadTarget.Answer answer, long latencyNanos) {
    if (!answer.error().isEmpty()) {
      errors.merge(answer.error(), 1, Integer::sum);
      return;
    }
    if (requests == latencies.length) {
      latencies = Arrays.copyOf(latencies, 2 * requests);
    }
    latencies[requests++] = latencyNanos;
    texts += requestTexts;
    tokens += answer.tokens();
  }

  /** Notes how long the measurement took. */
  synchronized void took(long measuredNanos) {
    nanos = measuredNanos;
    Arrays.sort(latencies, 0, requests);
  }

  synchronized int requests() {
    return requests;
  }

  synchronized Map<String, Integer> errors() {
    return Map.copyOf(errors);
  }

  /** The latency that this share of requests did not exceed, in milliseconds. */
  synchronized double percentile(double share) {
    if (requests == 0) {
      return Double.NaN;
    }
    int index = (int) Math.ceil(share * requests) - 1;
    return latencies[Math.clamp(index, 0, requests - 1)] / MILLIS;
  }

  /** A few lines for a person. */
  synchronized String report() {
    double seconds = nanos / NANOS;
    var text = new StringBuilder();
    line(text, "requests/s", requests / seconds);
    line(text, "texts/s", texts / seconds);
    line(text, "tokens/s", tokens / seconds);
    line(text, "p50 ms", percentile(0.50));
    line(text, "p95 ms", percentile(0.95));
    line(text, "p99 ms", percentile(0.99));
    line(text, "max ms", percentile(1));
    text.append("requests    ").append(requests).append('\n');
    text.append("errors      ").append(errors.isEmpty() ? "none" : errors).append('\n');
    return text.toString();
  }

  private static void line(StringBuilder text, String name, double value) {
    text.append(String.format(Locale.ROOT, "%-12s%.2f%n", name, value));
  }
}

package io.github.modernbert.server.metrics;

import io.github.modernbert.server.http.ErrorKind;
import io.github.modernbert.server.http.RequestObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * All that is counted: with the names of text-embeddings-inference, so that its dashboards go on,
 * and with ours, which tell models and routes apart. Safe for use by several threads.
 */
public final class Metrics {
  private static final double NANOS = 1e9;
  private static final int BATCH_SIZES = 13;
  private static final int TOKEN_COUNTS = 21;

  private final List<Family<?>> families = new ArrayList<>();

  private final Family<Counter> requestCount = counter("te_request_count", "Requests to compute");
  private final Family<Counter> requestSuccess =
      counter("te_request_success", "Requests that were computed");
  private final Family<Counter> requestFailure =
      counter("te_request_failure", "Requests that were refused or failed, by reason");
  private final Family<Histogram> requestDuration =
      durations("te_request_duration", "Seconds of a request");
  private final Family<Histogram> tokenizationDuration =
      durations("te_request_tokenization_duration", "Seconds of a request's tokenization");
  private final Family<Histogram> queueDuration =
      durations("te_request_queue_duration", "Seconds that a request waited");
  private final Family<Histogram> inferenceDuration =
      durations("te_request_inference_duration", "Seconds that a request was computed");
  private final Family<Histogram> inputLength =
      sizes("te_request_input_length", "Tokens of a text", TOKEN_COUNTS);
  private final Family<Histogram> batchSize =
      sizes("te_batch_next_size", "Texts that were computed together", BATCH_SIZES);
  private final Family<Histogram> batchTokens =
      sizes("te_batch_next_tokens", "Tokens that were computed together", TOKEN_COUNTS);
  private final Family<Histogram> batchCalls =
      sizes("modernbert_batch_requests", "Requests that were computed together", BATCH_SIZES);
  private final KindOfWork embed = new KindOfWork("embed");
  private final KindOfWork predict = new KindOfWork("predict");
  private final Family<Counter> texts = counter("modernbert_texts_total", "Texts, by model");
  private final Family<Counter> tokens = counter("modernbert_tokens_total", "Tokens, by model");
  private final Family<Counter> truncated =
      counter("modernbert_truncated_texts_total", "Texts that were cut, by model");
  private final Family<Counter> answered =
      counter("modernbert_http_requests_total", "Requests, by route and status");

  /** The kind of a computation, as the names of text-embeddings-inference have it. */
  public enum Work {
    /** Vectors. */
    EMBED,
    /** Labels and scores. */
    PREDICT
  }

  /** The metrics of one kind of work. */
  private final class KindOfWork {
    private final Family<Counter> count;
    private final Family<Counter> success;
    private final Family<Histogram> duration;
    private final Family<Histogram> tokenization;
    private final Family<Histogram> queue;
    private final Family<Histogram> inference;

    KindOfWork(String name) {
      String prefix = "te_" + name + "_";
      count = counter(prefix + "count", "Texts to compute");
      success = counter(prefix + "success", "Texts that were computed");
      duration = durations(prefix + "duration", "Seconds of a text");
      tokenization = durations(prefix + "tokenization_duration", "Seconds of its tokenization");
      queue = durations(prefix + "queue_duration", "Seconds that it waited");
      inference = durations(prefix + "inference_duration", "Seconds that it was computed");
    }
  }

  /**
   * The times that a request's computation took, in nanoseconds.
   *
   * @param tokenization making tokens of texts
   * @param queue waiting for the model
   * @param inference computing
   */
  public record Timing(long tokenization, long queue, long inference) {
    long total() {
      return tokenization + queue + inference;
    }
  }

  /** Empty metrics with those of the JVM. */
  public Metrics() {
    for (String method : List.of("single", "batch")) {
      requestCount.with("method", method);
      requestSuccess.with("method", method);
    }
    JvmMetrics.addTo(this);
  }

  private Family<Counter> counter(String name, String help) {
    return add(name, help, Counter::new);
  }

  private Family<Histogram> durations(String name, String help) {
    return add(name, help, Histogram::ofDurations);
  }

  private Family<Histogram> sizes(String name, String help, int bounds) {
    return add(name, help, () -> Histogram.ofSizes(bounds));
  }

  private <M extends Metric> Family<M> add(String name, String help, Supplier<M> create) {
    var family = new Family<>(name, help, create);
    families.add(family);
    return family;
  }

  /** A number that is looked up when the metrics are read. */
  public void gauge(String name, String help, DoubleSupplier value) {
    add(name, help, () -> new Gauge(value, "gauge")).plain();
  }

  /** A number that only grows, looked up when the metrics are read. */
  void growing(String name, String help, DoubleSupplier value) {
    add(name, help, () -> new Gauge(value, "counter")).plain();
  }

  /** A number for each value of a label, looked up when the metrics are read. */
  public <T> void gauges(
      String name,
      String help,
      String label,
      List<T> of,
      Function<T, String> labelValue,
      ToDoubleFunction<T> value) {
    Family<Gauge> family = add(name, help, () -> new Gauge(() -> 0, "gauge"));
    for (T item : of) {
      family.put(
          label, labelValue.apply(item), new Gauge(() -> value.applyAsDouble(item), "gauge"));
    }
  }

  /** A request begins to compute. */
  public void begun(Work work, int inputs, boolean isBatch) {
    requestCount.with("method", method(isBatch)).add(1);
    kind(work).count.plain().add(inputs);
  }

  /** A request was computed. */
  public void computed(Work work, String model, boolean isBatch, int[] lengths, Timing timing) {
    requestSuccess.with("method", method(isBatch)).add(1);
    long all = 0;
    for (int length : lengths) {
      inputLength.plain().record(length);
      all += length;
    }
    texts.with("model", model).add(lengths.length);
    tokens.with("model", model).add(all);
    KindOfWork kind = kind(work);
    kind.success.plain().add(lengths.length);
    kind.duration.plain().record(timing.total() / NANOS);
    kind.tokenization.plain().record(timing.tokenization() / NANOS);
    kind.queue.plain().record(timing.queue() / NANOS);
    kind.inference.plain().record(timing.inference() / NANOS);
    tokenizationDuration.plain().record(timing.tokenization() / NANOS);
    queueDuration.plain().record(timing.queue() / NANOS);
    inferenceDuration.plain().record(timing.inference() / NANOS);
  }

  /** A batch is computed. */
  public void batch(int calls, int sequences, int batchTokenCount) {
    batchCalls.plain().record(calls);
    batchSize.plain().record(sequences);
    batchTokens.plain().record(batchTokenCount);
  }

  /** Texts were cut. */
  public void truncated(String model, int count) {
    truncated.with("model", model).add(count);
  }

  /** A request was answered. */
  public void answered(RequestObserver.Answered request) {
    answered.with("route", request.route(), "status", Integer.toString(request.status())).add(1);
    if (request.texts() > 0) {
      requestDuration.plain().record(request.nanos() / NANOS);
    }
    if (request.status() >= ErrorKind.MALFORMED.status()) {
      requestFailure.with("err", reason(request.status())).add(1);
    }
  }

  private static String reason(int status) {
    return switch (status) {
      case 424 -> "model_type";
      case 429 -> "overloaded";
      case 499 -> "dropped";
      case 500 -> "inference";
      case 503 -> "unhealthy";
      default -> "validation";
    };
  }

  private KindOfWork kind(Work work) {
    return work == Work.EMBED ? embed : predict;
  }

  private static String method(boolean isBatch) {
    return isBatch ? "batch" : "single";
  }

  /** All metrics, as Prometheus reads them. */
  public String text() {
    var out = new MetricsText();
    families.forEach(family -> family.write(out));
    return out.toString();
  }
}

package io.github.modernbert.server.api;

import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.JsonOutput;
import io.github.modernbert.server.http.Reply;
import io.github.modernbert.server.metrics.Metrics;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * Computes the answer to a request, counts it, and tells the client in headers what it took.
 *
 * @param call the request
 * @param context what endpoints need
 * @param work what the metrics count it as
 * @param model the alias of the model
 * @param size how much it asks for
 */
public record Measured(Call call, Context context, Metrics.Work work, String model, Size size) {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /**
   * How many tokens were read of each input, and of how many of them not all.
   *
   * @param lengths tokens of each input
   * @param truncated inputs that were cut
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Count(int[] lengths, int truncated) {
    /** All tokens. */
    public long tokens() {
      return Arrays.stream(lengths).asLongStream().sum();
    }

    /** Counts the tokens and the truncated inputs of results that know both. */
    public static <T> Count of(List<T> results, ToIntFunction<T> tokens, Predicate<T> isTruncated) {
      return new Count(
          results.stream().mapToInt(tokens).toArray(),
          (int) results.stream().filter(isTruncated).count());
    }
  }

  /** Makes a body of what was computed. */
  @FunctionalInterface
  public interface Writer<R> {
    /** The writer of the body. */
    Consumer<JsonOutput> of(R result, Count count);
  }

  /**
   * Computes, and answers with JSON.
   *
   * @param computation calls the library with options that tell the times of each call
   */
  public <R> Reply reply(
      Function<RequestTimes, R> computation, Function<R, Count> counted, Writer<R> writer) {
    context.metrics().begun(work, size.inputs(), size.isBatch());
    var times = new RequestTimes();
    R result = context.admission().run(() -> computation.apply(times));
    Count count = counted.apply(result);
    Metrics.Timing timing = times.sum();
    context.metrics().computed(work, model, size.isBatch(), count.lengths(), timing);
    call.computed(size.inputs(), count.tokens());
    Reply reply = Reply.json(writer.of(result, count)).with(headers(count, timing));
    if (count.truncated() > 0) {
      context.metrics().truncated(model, count.truncated());
      return reply.with("x-truncated-inputs", Integer.toString(count.truncated()));
    }
    return reply;
  }

  private Map<String, String> headers(Count count, Metrics.Timing timing) {
    String total = millis(System.nanoTime() - call.beginNanos());
    return Map.of(
        "x-compute-type", "cpu",
        "x-compute-time", total,
        "x-compute-characters", Long.toString(size.characters()),
        "x-compute-tokens", Long.toString(count.tokens()),
        "x-total-time", total,
        "x-tokenization-time", millis(timing.tokenization()),
        "x-queue-time", millis(timing.queue()),
        "x-inference-time", millis(timing.inference()));
  }

  private static String millis(long nanos) {
    return Long.toString(nanos / NANOS_PER_MILLI);
  }
}

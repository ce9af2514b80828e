package io.github.modernbert.server.api;

import io.github.modernbert.CallTimes;
import io.github.modernbert.TaskOptions;
import io.github.modernbert.server.metrics.Metrics.Timing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Adds up the times of the library's calls for one request, which are made one after the other. */
public final class RequestTimes {
  private final List<CallTimes> calls = new ArrayList<>();

  RequestTimes() {}

  /** Options with which a call tells its times; for one call. */
  public <O extends TaskOptions<O>> O of(O options) {
    int number = calls.size();
    calls.add(new CallTimes(Duration.ZERO, Duration.ZERO, Duration.ZERO));
    return options.progress(progress -> calls.set(number, progress.times()));
  }

  Timing sum() {
    return new Timing(
        sum(CallTimes::tokenization), sum(CallTimes::queue), sum(CallTimes::computation));
  }

  private long sum(Function<CallTimes, Duration> part) {
    return calls.stream().map(part).mapToLong(Duration::toNanos).sum();
  }
}

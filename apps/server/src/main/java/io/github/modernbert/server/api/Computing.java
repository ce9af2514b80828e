package io.github.modernbert.server.api;

import io.github.modernbert.server.http.ApiException;
import io.github.modernbert.server.http.ErrorKind;
import io.github.modernbert.server.metrics.Metrics.Timing;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Runs what requests ask models for, and measures how long each waited and was computed: the only
 * place where that is known. As many run at a time as there are processors, those that wait in the
 * order in which they came; more than may wait are refused. Safe for use by several threads.
 */
public final class Computing {
  private final Semaphore admitted;
  private final Semaphore running;
  private final AtomicInteger waiting = new AtomicInteger();

  /** With how many requests may compute or wait. */
  public Computing(int maxConcurrentRequests) {
    admitted = new Semaphore(maxConcurrentRequests);
    running = new Semaphore(Runtime.getRuntime().availableProcessors(), true);
  }

  /**
   * The result of a computation, and its timing.
   *
   * @param result the result
   * @param timing how long it took
   */
  public record Computed<R>(R result, Timing timing) {}

  /**
   * Runs a computation.
   *
   * @throws ApiException if too many are under way
   */
  public <R> Computed<R> run(Supplier<R> computation) {
    if (!admitted.tryAcquire()) {
      throw new ApiException(ErrorKind.OVERLOADED, "Model is overloaded");
    }
    try {
      long arrived = System.nanoTime();
      waiting.incrementAndGet();
      try {
        running.acquire();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("interrupted while waiting");
      } finally {
        waiting.decrementAndGet();
      }
      try {
        long begun = System.nanoTime();
        R result = computation.get();
        // The library makes tokens while it computes, so their time is in that of the inference.
        return new Computed<>(result, new Timing(0, begun - arrived, System.nanoTime() - begun));
      } finally {
        running.release();
      }
    } finally {
      admitted.release();
    }
  }

  /** How many requests wait. */
  public int waiting() {
    return waiting.get();
  }
}

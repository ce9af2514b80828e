package io.github.modernbert.server.api;

import io.github.modernbert.server.http.ApiException;
import io.github.modernbert.server.http.ErrorKind;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Bounds how many requests are computed or wait for it; further ones are refused. Those that are
 * admitted all call the library, which computes together what waits at the same time. Safe for use
 * by several threads.
 */
public final class Admission {
  private final Semaphore free;

  /** With how many requests may be under way. */
  public Admission(int maxConcurrentRequests) {
    free = new Semaphore(maxConcurrentRequests);
  }

  /**
   * Runs the work of a request.
   *
   * @throws ApiException if too many are under way
   */
  public <R> R run(Supplier<R> work) {
    if (!free.tryAcquire()) {
      throw new ApiException(ErrorKind.OVERLOADED, "Model is overloaded");
    }
    try {
      return work.get();
    } finally {
      free.release();
    }
  }
}

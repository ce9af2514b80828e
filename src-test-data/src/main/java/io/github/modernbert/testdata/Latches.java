package io.github.modernbert.testdata;

import java.util.concurrent.CountDownLatch;

/** Waits that may stand where no exception may be thrown. */
public final class Latches {
  private Latches() {}

  /**
   * Waits for a latch.
   *
   * @throws IllegalStateException if the thread is interrupted
   */
  public static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

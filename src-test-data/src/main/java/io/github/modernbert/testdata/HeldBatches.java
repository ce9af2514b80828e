package io.github.modernbert.testdata;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntSupplier;

/**
 * A listener of a model's batches that holds them until it lets go, so that a test can have other
 * calls wait. Safe for use by several threads.
 */
public final class HeldBatches {
  private final CountDownLatch released = new CountDownLatch(1);
  private final List<Integer> calls = new ArrayList<>();

  /** Holds all batches until {@link #letGoWhenAllCame}. */
  public HeldBatches() {}

  /** Hears of a batch, and returns when batches are let go. */
  public void begins(int batchCalls, int sequences, int tokens) {
    synchronized (calls) {
      calls.add(batchCalls);
    }
    try {
      released.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How many calls each batch had, in the order in which they began. */
  public List<Integer> calls() {
    synchronized (calls) {
      return List.copyOf(calls);
    }
  }

  /**
   * Waits until so many calls have come, and lets all batches go.
   *
   * @param all how many calls come
   * @param waiting tells how many calls wait outside of batches
   */
  public void letGoWhenAllCame(int all, IntSupplier waiting) {
    while (calls().stream().mapToInt(count -> count).sum() + waiting.getAsInt() < all) {
      Thread.onSpinWait();
    }
    released.countDown();
  }
}

package io.github.modernbert.server.http;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts the requests under way, and waits for the last one when the server stops. */
final class InFlight {
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();

  void begin() {
    count.incrementAndGet();
  }

  void end() {
    if (count.decrementAndGet() == 0 && stopping.get()) {
      lock.lock();
      try {
        ended.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  int count() {
    return count.get();
  }

  boolean isStopping() {
    return stopping.get();
  }

  /**
   * From now on the server is stopping; waits until no request is under way.
   *
   * @return whether there is none any more
   */
  boolean drain(Duration timeout) throws InterruptedException {
    stopping.set(true);
    long left = timeout.toNanos();
    lock.lock();
    try {
      while (count.get() > 0 && left > 0) {
        left = ended.awaitNanos(left);
      }
      return count.get() == 0;
    } finally {
      lock.unlock();
    }
  }
}

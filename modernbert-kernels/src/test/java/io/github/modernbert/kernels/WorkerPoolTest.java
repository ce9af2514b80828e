package io.github.modernbert.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class WorkerPoolTest {
  @Test
  void everyTaskRunsOnceForEachOfSeveralCallers() {
    try (var pool = new WorkerPool(3)) {
      IntStream.range(0, 8)
          .parallel()
          .forEach(caller -> {
            var runs = new AtomicIntegerArray(1000);
            pool.run(1000, runs::incrementAndGet);
            for (int i = 0; i < 1000; i++) {
              assertEquals(1, runs.get(i));
            }
          });
    }
  }

  @Test
  void asManyThreadsAsAskedForWorkAtOnce() {
    try (var pool = new WorkerPool(3)) {
      var together = new CyclicBarrier(3);
      var threads = ConcurrentHashMap.newKeySet();
      pool.run(
          3,
          i -> {
            threads.add(Thread.currentThread());
            try {
              together.await(20, TimeUnit.SECONDS);
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          });
      assertEquals(3, threads.size());
      assertTrue(threads.contains(Thread.currentThread()));
    }
  }

  @Test
  void oneThreadIsTheCallers() {
    try (var pool = new WorkerPool(1)) {
      Thread caller = Thread.currentThread();
      pool.run(5, i -> assertEquals(caller, Thread.currentThread()));
    }
  }

  @Test
  void exceptionsReachTheCallerAndThePoolGoesOn() {
    try (var pool = new WorkerPool(2)) {
      var e =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  pool.run(
                      100,
                      i -> {
                        if (i == 7) {
                          throw new IllegalArgumentException("seven");
                        }
                      }));
      assertEquals("seven", e.getMessage());
      var runs = new AtomicIntegerArray(10);
      pool.run(10, runs::incrementAndGet);
      assertEquals(1, runs.get(9));
    }
  }

  @Test
  void noTasksAndNoThreads() {
    try (var pool = new WorkerPool(2)) {
      pool.run(0, i -> assertEquals(-1, i));
    }
    assertThrows(IllegalArgumentException.class, () -> new WorkerPool(0));
  }
}

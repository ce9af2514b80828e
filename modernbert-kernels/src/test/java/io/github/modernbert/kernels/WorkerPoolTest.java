package io.github.modernbert.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
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
  void everyItemRunsOnceForEachOfSeveralCallers() {
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
            await(together);
          });
      assertEquals(3, threads.size());
      assertTrue(threads.contains(Thread.currentThread()));
    }
  }

  /** The threads outlive the caller's, and would keep alive whatever belongs to it. */
  @Test
  void threadsInheritNothing() throws InterruptedException {
    var inherited = new InheritableThreadLocal<String>();
    var found = new ConcurrentHashMap<Thread, String>();
    var loaders = new ConcurrentHashMap<Thread, ClassLoader>();
    Thread caller =
        Thread.ofPlatform()
            .unstarted(() -> {
              inherited.set("the caller's");
              try (var pool = new WorkerPool(2)) {
                var together = new CyclicBarrier(2);
                pool.run(
                    2,
                    i -> {
                      await(together);
                      Thread thread = Thread.currentThread();
                      found.put(thread, String.valueOf(inherited.get()));
                      loaders.put(thread, thread.getContextClassLoader());
                    });
              }
            });
    var loader = new URLClassLoader(new URL[0]);
    caller.setContextClassLoader(loader);
    caller.start();
    caller.join();
    assertEquals(2, found.size());
    found.remove(caller);
    loaders.remove(caller);
    assertEquals(List.of("null"), List.copyOf(found.values()));
    assertEquals(List.of(ClassLoader.getSystemClassLoader()), List.copyOf(loaders.values()));
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
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
  void noItemsAndNoThreads() {
    try (var pool = new WorkerPool(2)) {
      pool.run(0, i -> assertEquals(-1, i));
    }
    assertThrows(IllegalArgumentException.class, () -> new WorkerPool(0));
  }

  @Test
  void threadsThatTheSystemRefusesAreToldAndTheOthersEnd() throws InterruptedException {
    var started = new ArrayList<Thread>();
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    new WorkerPool(
                        10,
                        thread -> {
                          if (started.size() == 3) {
                            throw new OutOfMemoryError("unable to create native thread");
                          }
                          started.add(thread);
                          thread.start();
                        }))
            .getMessage();
    assertTrue(String.valueOf(message).endsWith("3 of 10 were started"), message);
    for (Thread thread : started) {
      thread.join();
    }
  }
}

package io.github.modernbert.encoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.kernels.AttentionStep;
import io.github.modernbert.kernels.Kernels;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class WarmUpTest {
  @Test
  @Timeout(value = 30, unit = TimeUnit.SECONDS)
  void runsBesideUntilItIsClosed() throws InterruptedException {
    assertTrue(running().isEmpty());
    try (var _ = WarmUp.start(Kernels.portable(), new AtomicInteger())) {
      if (Runtime.getRuntime().availableProcessors() > 1) {
        assertEquals(1, running().size());
        assertTrue(running().getFirst().isDaemon());
      }
    }
    for (Thread thread : running()) {
      assertTrue(thread.join(Duration.ofSeconds(20)), "still running");
    }
    assertTrue(running().isEmpty());
  }

  /** An application's handler of uncaught exceptions may end the process. */
  @Test
  @Timeout(value = 30, unit = TimeUnit.SECONDS)
  void kernelsThatFailAreNoUncaughtException() throws InterruptedException {
    var called = new CountDownLatch(1);
    var uncaught = new AtomicReference<@Nullable Throwable>();
    InvocationHandler handler =
        (_, _, _) -> {
          called.countDown();
          throw new IllegalStateException("as the test wants it");
        };
    var before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((_, e) -> uncaught.set(e));
    try (var _ = WarmUp.start(failing(handler), new AtomicInteger())) {
      if (Runtime.getRuntime().availableProcessors() > 1) {
        assertTrue(called.await(20, TimeUnit.SECONDS), "not begun");
      }
      for (Thread thread : running()) {
        assertTrue(thread.join(Duration.ofSeconds(20)), "still running");
      }
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
    assertNull(uncaught.get());
  }

  private static Kernels failing(InvocationHandler handler) {
    Class<?>[] types = {AttentionStep.class};
    var step =
        (AttentionStep) Proxy.newProxyInstance(WarmUp.class.getClassLoader(), types, handler);
    Kernels portable = Kernels.portable();
    return new Kernels("failing", portable.products(), portable.rows(), step, step);
  }

  private static List<Thread> running() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().equals("modernbert-warm-up"))
        .toList();
  }
}

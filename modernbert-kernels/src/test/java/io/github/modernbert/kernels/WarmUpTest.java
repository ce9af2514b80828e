package io.github.modernbert.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class WarmUpTest {
  @Test
  @Timeout(value = 30, unit = TimeUnit.SECONDS)
  void runsBesideUntilItIsClosed() throws InterruptedException {
    assertTrue(running().isEmpty());
    try (var _ = WarmUp.start(new PortableKernels())) {
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

  private static List<Thread> running() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().equals("modernbert-warm-up"))
        .toList();
  }
}

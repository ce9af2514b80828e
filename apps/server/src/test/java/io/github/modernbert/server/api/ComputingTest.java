package io.github.modernbert.server.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.server.http.ApiException;
import io.github.modernbert.server.http.ErrorKind;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Who may compute, and what is measured. */
final class ComputingTest {
  @Test
  void moreThanMayWaitAreRefused() throws Exception {
    var computing = new Computing(1);
    var started = new CountDownLatch(1);
    var end = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> first =
          threads.submit(() ->
              computing
                  .run(() -> {
                    started.countDown();
                    await(end);
                    return 7;
                  })
                  .result());
      started.await();
      ApiException e = assertThrows(ApiException.class, () -> computing.run(() -> 8));
      assertEquals(ErrorKind.OVERLOADED, e.kind());
      end.countDown();
      assertEquals(7, first.get());
    }
    Computing.Computed<Integer> later = computing.run(() -> 9);
    assertEquals(9, later.result());
    assertTrue(later.timing().queue() >= 0 && later.timing().inference() > 0);
    assertEquals(0, computing.waiting());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void failuresGiveTheirPlaceBack() {
    var computing = new Computing(1);
    for (int i = 0; i < 20; i++) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              computing.run(() -> {
                throw new IllegalArgumentException("no");
              }));
    }
    assertEquals(1, computing.run(() -> 1).result());
  }
}

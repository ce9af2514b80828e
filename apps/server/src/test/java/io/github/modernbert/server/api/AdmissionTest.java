package io.github.modernbert.server.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.modernbert.server.http.ApiException;
import io.github.modernbert.server.http.ErrorKind;
import io.github.modernbert.testdata.Latches;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** How many requests are admitted. */
final class AdmissionTest {
  @Test
  void moreThanMayWaitAreRefused() throws Exception {
    var admission = new Admission(1);
    var started = new CountDownLatch(1);
    var end = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> first =
          threads.submit(() ->
              admission.run(() -> {
                started.countDown();
                Latches.await(end);
                return 7;
              }));
      started.await();
      ApiException e = assertThrows(ApiException.class, () -> admission.run(() -> 8));
      assertEquals(ErrorKind.OVERLOADED, e.kind());
      end.countDown();
      assertEquals(7, first.get());
    }
    assertEquals(9, admission.run(() -> 9));
  }

  @Test
  void failuresGiveTheirPlaceBack() {
    var admission = new Admission(1);
    for (int i = 0; i < 20; i++) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              admission.run(() -> {
                throw new IllegalArgumentException("no");
              }));
    }
    assertEquals(1, admission.run(() -> 1));
  }
}

package io.github.modernbert.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The clock of these tests goes on by a second each time that it is read. */
final class TimedBodyTest {
  private static final int PARTS = 500;

  private final AtomicLong seconds = new AtomicLong();
  private final TimedBody body =
      new TimedBody(
          Duration.ofSeconds(10), () -> Duration.ofSeconds(seconds.getAndIncrement()).toNanos());

  private void receive(int bytes) {
    for (int i = 0; i < PARTS; i++) {
      body.onNext(List.of(ByteBuffer.allocate(bytes)));
    }
    body.onComplete();
  }

  private int readAll() throws Exception {
    int parts = 0;
    while (!body.next().isEmpty()) {
      parts++;
    }
    return parts;
  }

  /** A byte a second never lets a pause become too long, and a gigabyte would take 30 years. */
  @Test
  void aTrickleIsBrokenOff() {
    receive(1);
    String message = assertThrows(HttpTimeoutException.class, this::readAll).getMessage();
    assertEquals("only 60 bytes came in 60 s", message);
    assertTrue(seconds.get() < PARTS);
  }

  @Test
  void aSlowLineIsEnough() throws Exception {
    receive(1024);
    assertEquals(PARTS, readAll());
  }

  @Test
  void aReaderMayTakeItsTime() throws Exception {
    receive(1024);
    body.next();
    seconds.addAndGet(100_000);
    assertEquals(PARTS - 1, readAll());
  }
}

package io.github.modernbert.encoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class LifetimeTest {
  private final AtomicInteger freed = new AtomicInteger();
  private final Lifetime lifetime = new Lifetime("the model", freed::incrementAndGet);

  @Test
  void closingWithoutCallsFreesAtOnceAndOnce() {
    lifetime.begin();
    lifetime.end();
    assertEquals(0, freed.get());
    lifetime.close();
    lifetime.close();
    assertEquals(1, freed.get());
  }

  @Test
  void callsUnderWayAreFinishedFirst() {
    lifetime.begin();
    lifetime.begin();
    lifetime.close();
    var e = assertThrows(IllegalStateException.class, lifetime::begin);
    assertEquals("the model is closed", e.getMessage());
    lifetime.end();
    assertEquals(0, freed.get());
    lifetime.end();
    assertEquals(1, freed.get());
  }
}

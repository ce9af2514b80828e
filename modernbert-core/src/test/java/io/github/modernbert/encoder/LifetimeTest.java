package io.github.modernbert.encoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LifetimeTest {
  private final AtomicInteger freed = new AtomicInteger();
  private final Lifetime lifetime = new Lifetime("the model", freed::incrementAndGet);

  @Test
  void closingWithoutUsesFreesAtOnceAndOnce() {
    lifetime.begin().close();
    assertEquals(0, freed.get());
    lifetime.close();
    lifetime.close();
    assertEquals(1, freed.get());
  }

  @Test
  void usesThatHaveBegunEndFirst() {
    Lifetime.Use first = lifetime.begin();
    Lifetime.Use second = lifetime.begin();
    lifetime.close();
    var e = assertThrows(IllegalStateException.class, lifetime::begin);
    assertEquals("the model is closed", e.getMessage());
    first.close();
    first.close();
    assertEquals(0, freed.get());
    second.close();
    assertEquals(1, freed.get());
  }

  @Test
  void usesEndWithAnObjectThatNobodyReaches() {
    lifetime.begin().endWith(new Object());
    Lifetime.Use kept = lifetime.begin();
    var user = new Object();
    kept.endWith(user);
    lifetime.close();
    kept.close();
    while (freed.get() == 0) {
      System.gc();
      Thread.yield();
    }
    assertEquals(1, freed.get());
    Reference.reachabilityFence(user);
  }
}

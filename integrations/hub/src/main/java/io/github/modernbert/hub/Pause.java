package io.github.modernbert.hub;

import java.time.Duration;

/** Waits; tests do not. */
@FunctionalInterface
interface Pause {
  void take(Duration time) throws InterruptedException;
}

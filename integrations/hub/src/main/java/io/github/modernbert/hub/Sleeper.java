package io.github.modernbert.hub;

import java.time.Duration;

/** Waits between attempts. A test makes one that only takes notes. */
@FunctionalInterface
interface Sleeper {
  void sleep(Duration time) throws InterruptedException;
}

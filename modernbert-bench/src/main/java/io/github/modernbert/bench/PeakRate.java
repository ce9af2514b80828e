package io.github.modernbert.bench;

import java.util.concurrent.TimeUnit;

/** The peak of one core, for those who do not run JMH. */
public final class PeakRate {
  private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int ROUNDS = 8;

  private PeakRate() {}

  /**
   * Runs {@link FmaChains} for about a second.
   *
   * @return floating-point operations a second in the best round after compilation
   * @throws IllegalStateException if the chains computed something else
   */
  public static double measure() {
    var chains = new FmaChains();
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long runs = 0;
      long start = System.nanoTime();
      long now = start;
      for (; now - start < ROUND_NANOS; now = System.nanoTime()) {
        chains.run();
        runs++;
      }
      best = Math.max(best, runs * FmaChains.flops() / ((now - start) / 1e9));
    }
    chains.check();
    return best;
  }
}

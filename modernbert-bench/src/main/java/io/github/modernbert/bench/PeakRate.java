package io.github.modernbert.bench;

import java.util.concurrent.TimeUnit;

/**
 * The peak of one core, for those who do not run JMH. A program of its own: in the JVM of what is
 * measured it would change what C2 knows about vectors.
 */
public final class PeakRate {
  private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int ROUNDS = 8;

  private PeakRate() {}

  /** Prints floating-point operations a second, after about a second. */
  public static void main(String[] arguments) {
    System.out.println(measure());
  }

  /** Those of the best round of {@link FmaChains} after compilation. */
  static double measure() {
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

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

  /** Those of the best round of {@link FmaChains}, or of the same as machine code. */
  static double measure() {
    var chains = new FmaChains();
    double best = measure(chains::run, FmaChains.flops());
    chains.check();
    var loop = PeakLoop.of(PeakLoop.Instruction.VFMADD213PS);
    if (loop.isPresent()) {
      best = Math.max(best, measure(loop.get()::run, loop.get().operations()));
      loop.get().check();
    }
    return best;
  }

  private static double measure(Runnable run, long flops) {
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long runs = 0;
      long start = System.nanoTime();
      long now = start;
      for (; now - start < ROUND_NANOS; now = System.nanoTime()) {
        run.run();
        runs++;
      }
      best = Math.max(best, runs * flops / ((now - start) / 1e9));
    }
    return best;
  }
}

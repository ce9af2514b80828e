package io.github.modernbert.bench.compare;

import io.github.modernbert.bench.compare.Workload.Kind;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The time and the memory that a fresh process needs.
 *
 * @param contestant its name
 * @param firstVectorSeconds from the start of the process to the vector of 16 tokens
 * @param loadSeconds of it, loading the model
 * @param firstRunSeconds of it, computing
 * @param loaded memory after that
 * @param longText memory after a text of 8192 tokens; null where that was not computed
 */
record StartUp(
    String contestant,
    double firstVectorSeconds,
    double loadSeconds,
    double firstRunSeconds,
    Memory loaded,
    @Nullable Memory longText) {

  /** Starts a process. */
  @FunctionalInterface
  interface Start {
    Contestant contestant() throws IOException;
  }

  /**
   * Starts a process and waits for its vector.
   *
   * @param withLongText whether it computes a text of 8192 tokens after that, which may take
   *     minutes
   */
  static StartUp measure(String name, Start start, boolean withLongText) throws IOException {
    long started = System.nanoTime();
    try (Contestant contestant = start.contestant()) {
      double firstRun = run(contestant, Workload.equal(Kind.LATENCY, 1, 16));
      double firstVector = (System.nanoTime() - started) / 1e9;
      Memory loaded = contestant.memory();
      Memory longText = null;
      if (withLongText) {
        run(contestant, Workload.longest());
        longText = contestant.memory();
      }
      return new StartUp(name, firstVector, contestant.loadSeconds(), firstRun, loaded, longText);
    }
  }

  private static double run(Contestant contestant, Workload workload) {
    contestant.prepare(workload.texts(), Batching.OWN.batches(workload.texts()));
    return contestant.run(1)[0];
  }
}

package io.github.modernbert.bench.compare;

import io.github.modernbert.bench.compare.Workload.Kind;
import java.io.IOException;

/**
 * What a fresh process needs.
 *
 * @param contestant its name
 * @param firstVectorSeconds from the start of the process to the vector of 16 tokens
 * @param loadSeconds of it, loading the model
 * @param firstRunSeconds of it, computing
 * @param loaded memory after that
 * @param longText memory after a text of 8192 tokens
 */
record StartUp(
    String contestant,
    double firstVectorSeconds,
    double loadSeconds,
    double firstRunSeconds,
    Memory loaded,
    Memory longText) {

  /** Starts a process. */
  @FunctionalInterface
  interface Start {
    Contestant contestant() throws IOException;
  }

  static StartUp measure(String name, Start start) throws IOException {
    long started = System.nanoTime();
    try (Contestant contestant = start.contestant()) {
      double firstRun = run(contestant, Workload.equal(Kind.LATENCY, 1, 16));
      double firstVector = (System.nanoTime() - started) / 1e9;
      Memory loaded = contestant.memory();
      run(contestant, Workload.longest());
      return new StartUp(
          name, firstVector, contestant.loadSeconds(), firstRun, loaded, contestant.memory());
    }
  }

  private static double run(Contestant contestant, Workload workload) {
    contestant.prepare(workload.texts(), Batching.OWN.batches(workload.texts()));
    return contestant.run(1)[0];
  }
}

package io.github.modernbert.encoder;

import io.github.modernbert.encoder.EncoderLayer.ItemMemory;
import io.github.modernbert.kernels.Scratch;
import io.github.modernbert.kernels.WorkerPool;

/**
 * Threads that compute one work item together, step by step: each of a step's parts is done by one
 * of them.
 *
 * @param threads the most parts of a step; 1 for what a worker computes alone
 * @param memory of the work item, with scratch memory for each part
 */
record Team(WorkerPool pool, int threads, ItemMemory memory) {
  /** Work on what is from {@code from} (included) to {@code to} (excluded). */
  @FunctionalInterface
  interface Part {
    void on(int from, int to, Scratch scratch);
  }

  /**
   * Divides a step into parts, and returns when all have ended.
   *
   * @param size of the step, in whatever it consists of
   * @param unit each part begins at a multiple of it
   */
  void divide(int size, int unit, Part part) {
    int units = Math.ceilDiv(size, unit);
    int parts = Math.min(units, threads);
    memory.scratchFor(parts);
    pool.run(
        parts,
        threads,
        i -> {
          int from = i * units / parts * unit;
          int to = Math.min(size, (i + 1) * units / parts * unit);
          part.on(from, to, memory.scratch(i));
        });
  }
}

package io.github.modernbert.tasks;

import io.github.modernbert.encoder.Tiling;
import io.github.modernbert.kernels.WorkerPool;

/** Runs work on the rows of a matrix in cache-sized blocks, distributed among the workers. */
final class ParallelRows {
  private ParallelRows() {}

  /** The work on the rows {@code from} (included) to {@code to} (excluded). */
  @FunctionalInterface
  interface Work {
    void on(int from, int to);
  }

  static void run(WorkerPool pool, int rows, Work work) {
    int step = Tiling.maxItemRows();
    pool.run(
        Math.ceilDiv(rows, step),
        block -> work.on(block * step, Math.min(rows, (block + 1) * step)));
  }
}

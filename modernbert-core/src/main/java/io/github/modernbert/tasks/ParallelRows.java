package io.github.modernbert.tasks;

import io.github.modernbert.encoder.Tiling;
import io.github.modernbert.kernels.WorkerPool;

/** Work on rows in blocks of as many as use the caches well, shared out among workers. */
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

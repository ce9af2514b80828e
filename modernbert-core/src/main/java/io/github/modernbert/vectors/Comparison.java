package io.github.modernbert.vectors;

import io.github.modernbert.config.SimilarityFunction;
import io.github.modernbert.kernels.WorkerPool;
import java.util.concurrent.CancellationException;
import java.util.function.LongConsumer;

/**
 * Compares each of some vectors, the queries, with each vector of a set, panel by panel. Memory
 * holds one panel and one group of queries at a time, however many vectors there are.
 *
 * @param function how vectors are compared
 * @param threads how many threads share the queries, from 1
 * @param progress is told now and then how many pairs have been compared
 */
public record Comparison(SimilarityFunction function, int threads, LongConsumer progress) {
  /** Queries that are held at a time. */
  private static final int GROUP = 4096;

  /** Queries that a worker takes at a time. */
  private static final int SHARE = 16;

  /** Receives scores; called by several threads, but by one at a time for a query. */
  @FunctionalInterface
  public interface Sink {
    /**
     * @param query which of the queries
     * @param first which vector of the set the first score is for
     * @param scores of the vectors one after the other, valid during the call
     * @param count how many
     */
    void scores(int query, int first, float[] scores, int count);
  }

  /** Is told when all scores of some queries have been given out. */
  @FunctionalInterface
  public interface GroupListener {
    /** The queries from the first to before the second number are done. */
    void done(int from, int to);
  }

  /** The scores of one query, on this thread. */
  public void one(float[] query, VectorSet set, Sink sink) {
    VectorSet.Panels panels = set.panels();
    double[] lengths = lengths(set);
    float[] padded = Panel.padded(query);
    double length = length(query);
    for (int p = 0; p < set.panelCount(); p++) {
      new Worker(panels.get(p), lengths, sink).compare(0, padded, length, p * Panel.WIDTH);
    }
  }

  /**
   * The scores of all queries with all vectors.
   *
   * @throws CancellationException if the thread is interrupted; the flag stays set
   */
  public void all(VectorSet queries, VectorSet set, Sink sink, GroupListener listener) {
    int count = queries.rows().size();
    int useful = Math.clamp(Math.ceilDiv(count, SHARE), 1, threads);
    try (var pool = new WorkerPool(useful)) {
      for (int from = 0; from < count; from += GROUP) {
        int to = Math.min(count, from + GROUP);
        group(queries, from, to, set, sink, pool);
        listener.done(from, to);
      }
    }
  }

  private void group(
      VectorSet queries, int from, int to, VectorSet set, Sink sink, WorkerPool pool) {
    float[][] padded = queries.rows().rows(from, to);
    var queryLengths = new double[padded.length];
    for (int i = 0; i < padded.length; i++) {
      queryLengths[i] = length(padded[i]);
      padded[i] = Panel.padded(padded[i]);
    }
    double[] lengths = lengths(set);
    VectorSet.Panels panels = set.panels();
    int shares = Math.ceilDiv(padded.length, SHARE);
    long before = (long) from * set.rows().size();
    for (int p = 0; p < set.panelCount(); p++) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("interrupted while vectors were compared");
      }
      Panel panel = panels.get(p);
      int first = p * Panel.WIDTH;
      pool.run(
          shares,
          share -> {
            var worker = new Worker(panel, lengths, sink);
            for (int i = share * SHARE; i < Math.min(padded.length, (share + 1) * SHARE); i++) {
              worker.compare(from + i, padded[i], queryLengths[i], first);
            }
          });
      progress.accept(before + (long) padded.length * (first + panel.size()));
    }
  }

  /** The length of a query; 1 if the function does not ask for it. */
  private double length(float[] query) {
    return function == SimilarityFunction.COSINE ? Score.length(query) : 1;
  }

  /** The lengths of vectors, if the function asks for them. */
  private double[] lengths(VectorSet vectors) {
    return function == SimilarityFunction.COSINE ? vectors.lengths() : new double[0];
  }

  /** Compares queries with one panel, on one thread. */
  private final class Worker {
    private final Terms terms = Terms.of(function);
    private final Panel panel;
    private final double[] lengths;
    private final Sink sink;
    private final float[] sums;
    private final float[] chain;

    Worker(Panel panel, double[] lengths, Sink sink) {
      this.panel = panel;
      this.lengths = lengths;
      this.sink = sink;
      this.sums = new float[panel.width()];
      this.chain = new float[panel.width()];
    }

    void compare(int query, float[] padded, double length, int first) {
      panel.sum(terms, padded, sums, chain);
      int count = panel.size();
      for (int i = 0; i < count; i++) {
        double both = lengths.length == 0 ? 1 : length * lengths[first + i];
        sums[i] = Score.of(function, sums[i], both);
      }
      sink.scores(query, first, sums, count);
    }
  }
}

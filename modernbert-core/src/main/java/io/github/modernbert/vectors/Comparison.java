package io.github.modernbert.vectors;

import io.github.modernbert.config.SimilarityFunction;
import io.github.modernbert.kernels.WorkerPool;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.function.LongConsumer;

/**
 * Compares each of some vectors, the queries, with each vector of a set. Memory holds some hundreds
 * or thousands of vectors and one group of queries at a time, however many vectors there are.
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

  /** Queries that are compared with a panel together: their sums stay in the first-level cache. */
  static final int TOGETHER = 8;

  /** Runs of vectors that are packed at a time, by all threads. */
  private static final int PACKED = 8;

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
    var scores = new Scores(set, new float[][] {query}, 0, sink);
    if (Terms.of(function) == Terms.PRODUCTS && set.keptPanels() == null) {
      var products = new RowProducts(set.rows());
      var sums = new float[RowProducts.WIDTH];
      for (int run = 0; run < products.runCount(); run++) {
        int first = run * RowProducts.WIDTH;
        scores.accept(0, first, sums, products.with(query, first, sums));
      }
      return;
    }
    VectorSet.Panels panels = set.panels();
    var worker = new Worker(scores, Panel.width(set.rows()), 1);
    float[][] padded = {Panel.padded(query)};
    for (int p = 0; p < set.panelCount(); p++) {
      worker.compare(padded, 0, 1, panels.get(p), p * Panel.WIDTH);
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
        float[][] some = queries.rows().rows(from, to);
        var scores = new Scores(set, some, from, sink);
        if (QueryProducts.suit(Terms.of(function), some.length, set.rows().dimension())) {
          byProducts(some, set, scores, pool);
        } else {
          byPanels(some, set, scores, pool);
        }
        listener.done(from, to);
      }
    }
  }

  private void byProducts(float[][] queries, VectorSet set, Scores scores, WorkerPool pool) {
    int size = set.rows().size();
    try (var arena = Arena.ofShared()) {
      var products = new QueryProducts(arena, queries, set.rows().dimension(), pool.threads());
      var packed = new QueryProducts.Vectors[PACKED];
      Arrays.setAll(packed, i -> products.vectors());
      for (int done = 0; done < size; ) {
        requireNotInterrupted();
        int first = done;
        int end = first + Math.min(size - first, PACKED * QueryProducts.WIDTH);
        int used = Math.ceilDiv(end - first, QueryProducts.WIDTH);
        pool.run(used, i -> packed[i].pack(set.rows(), first + i * QueryProducts.WIDTH));
        pool.run(
            products.shareCount(),
            share -> {
              for (int i = 0; i < used; i++) {
                products.share(share).multiply(packed[i], scores::accept);
              }
            });
        scores.progress(end);
        done = end;
      }
    }
  }

  private void byPanels(float[][] queries, VectorSet set, Scores scores, WorkerPool pool) {
    float[][] padded = Arrays.stream(queries).map(Panel::padded).toArray(float[][]::new);
    VectorSet.Panels panels = set.panels();
    int shares = Math.ceilDiv(padded.length, SHARE);
    for (int p = 0; p < set.panelCount(); p++) {
      requireNotInterrupted();
      Panel panel = panels.get(p);
      int first = p * Panel.WIDTH;
      pool.run(
          shares,
          share -> {
            var worker = new Worker(scores, panel.width(), TOGETHER);
            int end = Math.min(padded.length, (share + 1) * SHARE);
            for (int q = share * SHARE; q < end; q += TOGETHER) {
              worker.compare(padded, q, Math.min(TOGETHER, end - q), panel, first);
            }
          });
      scores.progress(first + panel.size());
    }
  }

  private static void requireNotInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("interrupted while vectors were compared");
    }
  }

  /** Makes scores of sums for a group of queries, and hands them on. */
  private final class Scores {
    private final int from;
    private final int queryCount;
    private final int setSize;
    private final double[] queryLengths;
    private final double[] lengths;
    private final Sink sink;

    /**
     * @param from the number of the first query of the group
     */
    Scores(VectorSet set, float[][] queries, int from, Sink sink) {
      boolean byLengths = function == SimilarityFunction.COSINE;
      this.from = from;
      this.queryCount = queries.length;
      this.setSize = set.rows().size();
      this.queryLengths =
          byLengths ? Arrays.stream(queries).mapToDouble(Score::length).toArray() : new double[0];
      this.lengths = byLengths ? set.lengths() : new double[0];
      this.sink = sink;
    }

    /**
     * Takes the sums of a query with vectors one after the other.
     *
     * @param query its number in the group
     * @param sums become scores
     */
    void accept(int query, int first, float[] sums, int count) {
      for (int i = 0; i < count; i++) {
        double both = lengths.length == 0 ? 1 : queryLengths[query] * lengths[first + i];
        sums[i] = Score.of(function, sums[i], both);
      }
      sink.scores(from + query, first, sums, count);
    }

    /** Tells that the queries of the group have been compared with so many vectors. */
    void progress(int vectors) {
      progress.accept((long) from * setSize + (long) queryCount * vectors);
    }
  }

  /** Compares queries with panels, on one thread. */
  private final class Worker {
    private final Terms terms = Terms.of(function);
    private final Scores scores;
    private final float[][] sums;
    private final float[][] chains;

    /**
     * @param width of the panels
     * @param together how many queries are compared in one call at most
     */
    Worker(Scores scores, int width, int together) {
      this.scores = scores;
      this.sums = new float[together][width];
      this.chains = new float[together][width];
    }

    void compare(float[][] padded, int query, int count, Panel panel, int first) {
      panel.sum(terms, padded, query, count, sums, chains);
      for (int q = 0; q < count; q++) {
        scores.accept(query + q, first, sums[q], panel.size());
      }
    }
  }
}

package io.github.modernbert.vectors;

import java.util.Arrays;

/**
 * Some vectors of a set, transposed, so that loops over vectors go through arrays from end to end:
 * that is what the compiler of the JVM makes vector instructions of.
 *
 * <p>Sums over dimensions are made in blocks of {@value #BLOCK}: each block is one chain of
 * additions from +0 in ascending order, and the sums of blocks are added in ascending order, which
 * is the order of matrix products in {@code MatrixProduct}. So a score has the same bits alone and
 * in any search.
 */
final class Panel {
  /** Vectors of a panel at most; its sums stay in the first-level cache. */
  static final int WIDTH = 512;

  /** Widths are multiples of this, the floats of the widest vector registers. */
  private static final int LANES = 16;

  /** Dimensions whose terms are summed in one chain. */
  static final int BLOCK = 64;

  /** Dimensions that a loop over the vectors takes at a time; divides {@link #BLOCK}. */
  private static final int STEP = 8;

  private final float[][] columns;
  private final int width;
  private int size;

  /** A panel for the vectors of a set: less wide than others if they are few. */
  Panel(VectorRows rows) {
    width = width(rows);
    columns = new float[padded(rows.dimension())][width];
  }

  /** How wide the panels of a set are. */
  static int width(VectorRows rows) {
    return Math.min(WIDTH, Math.ceilDiv(rows.size(), LANES) * LANES);
  }

  private static int padded(int dimension) {
    return Math.ceilDiv(dimension, STEP) * STEP;
  }

  /** A copy of a vector that is as long as the panel is deep; zeros add nothing to any sum. */
  static float[] padded(float[] vector) {
    return Arrays.copyOf(vector, padded(vector.length));
  }

  /** Replaces the vectors by others. */
  Panel fill(VectorRows rows, int from) {
    size = Math.min(width, rows.size() - from);
    int dimension = rows.dimension();
    for (int r = 0; r < size; r++) {
      float[] row = rows.row(from + r);
      for (int k = 0; k < dimension; k++) {
        columns[k][r] = row[k];
      }
    }
    return this;
  }

  /** How many floats {@link #sum} needs for the results of a query. */
  int width() {
    return width;
  }

  /** How many vectors there are. */
  int size() {
    return size;
  }

  private static void add(float[] chain, float[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += chain[i];
    }
  }

  /**
   * Sums the terms of some vectors with each of the panel's. Some dimensions of the panel stay in
   * the first-level cache while all queries pass them.
   *
   * @param queries as {@link #padded(float[])} gives them
   * @param from the first query
   * @param count how many, at most as many as there are sums
   * @param sums receive, for each query, as many sums as the panel is wide, of which the first
   *     {@link #size} have a meaning
   * @param chains as many floats to work with
   */
  void sum(Terms terms, float[][] queries, int from, int count, float[][] sums, float[][] chains) {
    for (int q = 0; q < count; q++) {
      Arrays.fill(sums[q], 0);
    }
    for (int begin = 0; begin < columns.length; begin += BLOCK) {
      int end = Math.min(columns.length, begin + BLOCK);
      for (int q = 0; q < count; q++) {
        Arrays.fill(chains[q], 0);
      }
      for (int k = begin; k < end; k += STEP) {
        for (int q = 0; q < count; q++) {
          terms.add(columns, queries[from + q], k, chains[q]);
        }
      }
      for (int q = 0; q < count; q++) {
        add(chains[q], sums[q]);
      }
    }
  }
}

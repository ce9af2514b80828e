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
    width = Math.min(WIDTH, Math.ceilDiv(rows.size(), LANES) * LANES);
    columns = new float[padded(rows.dimension())][width];
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

  /** How many floats {@link #sum} needs for its results. */
  int width() {
    return width;
  }

  /** How many vectors there are. */
  int size() {
    return size;
  }

  /** The product of each vector with itself. */
  float[] squares() {
    var sums = new float[width];
    var chain = new float[width];
    for (int begin = 0; begin < columns.length; begin += BLOCK) {
      Arrays.fill(chain, 0);
      int end = Math.min(columns.length, begin + BLOCK);
      for (int k = begin; k < end; k++) {
        addSquares(columns[k], chain);
      }
      add(chain, sums);
    }
    return sums;
  }

  private static void addSquares(float[] column, float[] chain) {
    for (int i = 0; i < chain.length; i++) {
      chain[i] = Math.fma(column[i], column[i], chain[i]);
    }
  }

  private static void add(float[] chain, float[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += chain[i];
    }
  }

  /**
   * Sums the terms of one vector with each of the panel's.
   *
   * @param query as {@link #padded(float[])} gives it
   * @param sums receives as many sums as the panel is wide, of which the first {@link #size} have a
   *     meaning
   * @param chain as many floats to work with
   */
  void sum(Terms terms, float[] query, float[] sums, float[] chain) {
    Arrays.fill(sums, 0);
    for (int begin = 0; begin < query.length; begin += BLOCK) {
      Arrays.fill(chain, 0);
      int end = Math.min(query.length, begin + BLOCK);
      for (int k = begin; k < end; k += STEP) {
        terms.add(columns, query, k, chain);
      }
      add(chain, sums);
    }
  }
}

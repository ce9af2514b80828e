package io.github.modernbert.vectors;

import java.util.Arrays;

/**
 * Products with vectors that are read once and not kept as panels, with the bits that {@link Panel}
 * gives. Eight vectors are multiplied side by side, since the additions of one wait for each other.
 * Not safe for use by several threads.
 */
final class RowProducts {
  /** Vectors whose products are made in one call. */
  static final int WIDTH = 512;

  /** Vectors side by side. */
  private static final int ROWS = 8;

  private final VectorRows rows;
  private final VectorRows.Reader reader;
  private final float[] chain = new float[ROWS];

  RowProducts(VectorRows rows) {
    this.rows = rows;
    this.reader = new VectorRows.Reader(rows, ROWS);
  }

  /** How many runs of at most {@value #WIDTH} vectors there are. */
  int runCount() {
    return Math.ceilDiv(rows.size(), WIDTH);
  }

  /**
   * Multiplies a query with the vectors from one on.
   *
   * @param products receives a sum of products for each of at most {@value #WIDTH} vectors
   * @return how many vectors there are
   */
  int with(float[] query, int first, float[] products) {
    return run(
        first,
        products,
        (some, from, to) -> multiply(some, query, from, to, chain),
        row -> Terms.PRODUCTS.sum(row, query));
  }

  /** Multiplies the vectors from one on with themselves, as {@link #with} does with a query. */
  int squares(int first, float[] products) {
    return run(
        first,
        products,
        (some, from, to) -> square(some, from, to, chain),
        row -> Terms.PRODUCTS.sum(row, row));
  }

  /** Sums the products of some dimensions of {@value #ROWS} vectors into {@link #chain}. */
  @FunctionalInterface
  private interface Block {
    void sum(float[][] some, int from, int to);
  }

  /** Sums the products of one vector. */
  @FunctionalInterface
  private interface Row {
    float sum(float[] row);
  }

  private int run(int first, float[] products, Block block, Row alone) {
    int count = Math.min(WIDTH, rows.size() - first);
    for (int i = 0; i < count; i += ROWS) {
      int height = Math.min(ROWS, count - i);
      float[][] some = reader.read(first + i, height);
      if (height == ROWS) {
        sum(some, products, i, block);
      } else {
        for (int r = 0; r < height; r++) {
          products[i + r] = alone.sum(some[r]);
        }
      }
    }
    return count;
  }

  private void sum(float[][] some, float[] products, int at, Block block) {
    int dimension = rows.dimension();
    Arrays.fill(products, at, at + ROWS, 0);
    for (int begin = 0; begin < dimension; begin += Panel.BLOCK) {
      block.sum(some, begin, Math.min(dimension, begin + Panel.BLOCK));
      for (int r = 0; r < ROWS; r++) {
        products[at + r] += chain[r];
      }
    }
  }

  private static void multiply(float[][] some, float[] query, int from, int to, float[] chain) {
    float[] a = some[0];
    float[] b = some[1];
    float[] c = some[2];
    float[] d = some[3];
    float[] e = some[4];
    float[] f = some[5];
    float[] g = some[6];
    float[] h = some[7];
    float sa = 0;
    float sb = 0;
    float sc = 0;
    float sd = 0;
    float se = 0;
    float sf = 0;
    float sg = 0;
    float sh = 0;
    for (int k = from; k < to; k++) {
      float q = query[k];
      sa = Math.fma(a[k], q, sa);
      sb = Math.fma(b[k], q, sb);
      sc = Math.fma(c[k], q, sc);
      sd = Math.fma(d[k], q, sd);
      se = Math.fma(e[k], q, se);
      sf = Math.fma(f[k], q, sf);
      sg = Math.fma(g[k], q, sg);
      sh = Math.fma(h[k], q, sh);
    }
    chain[0] = sa;
    chain[1] = sb;
    chain[2] = sc;
    chain[3] = sd;
    chain[4] = se;
    chain[5] = sf;
    chain[6] = sg;
    chain[7] = sh;
  }

  private static void square(float[][] some, int from, int to, float[] chain) {
    float[] a = some[0];
    float[] b = some[1];
    float[] c = some[2];
    float[] d = some[3];
    float[] e = some[4];
    float[] f = some[5];
    float[] g = some[6];
    float[] h = some[7];
    float sa = 0;
    float sb = 0;
    float sc = 0;
    float sd = 0;
    float se = 0;
    float sf = 0;
    float sg = 0;
    float sh = 0;
    for (int k = from; k < to; k++) {
      sa = Math.fma(a[k], a[k], sa);
      sb = Math.fma(b[k], b[k], sb);
      sc = Math.fma(c[k], c[k], sc);
      sd = Math.fma(d[k], d[k], sd);
      se = Math.fma(e[k], e[k], se);
      sf = Math.fma(f[k], f[k], sf);
      sg = Math.fma(g[k], g[k], sg);
      sh = Math.fma(h[k], h[k], sh);
    }
    chain[0] = sa;
    chain[1] = sb;
    chain[2] = sc;
    chain[3] = sd;
    chain[4] = se;
    chain[5] = sf;
    chain[6] = sg;
    chain[7] = sh;
  }
}

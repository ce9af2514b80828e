package io.github.modernbert.vectors;

import io.github.modernbert.config.SimilarityFunction;

/** What is summed over the dimensions of two vectors. */
enum Terms {
  /** The products of their values. */
  PRODUCTS,
  /** The squares of the differences. */
  SQUARES,
  /** The absolute values of the differences. */
  DISTANCES;

  /** What a similarity is made of. */
  static Terms of(SimilarityFunction function) {
    return switch (function) {
      case COSINE, DOT -> PRODUCTS;
      case EUCLIDEAN -> SQUARES;
      case MANHATTAN -> DISTANCES;
    };
  }

  /** The sum for two vectors of the same length, in the order that {@link Panel} describes. */
  float sum(float[] a, float[] b) {
    float sum = 0;
    for (int begin = 0; begin < a.length; begin += Panel.BLOCK) {
      float chain = 0;
      int end = Math.min(a.length, begin + Panel.BLOCK);
      for (int k = begin; k < end; k++) {
        float difference = a[k] - b[k];
        chain =
            switch (this) {
              case PRODUCTS -> Math.fma(a[k], b[k], chain);
              case SQUARES -> Math.fma(difference, difference, chain);
              case DISTANCES -> chain + Math.abs(difference);
            };
      }
      sum += chain;
    }
    return sum;
  }

  /**
   * Adds the terms of eight dimensions to the sums of the vectors of a panel.
   *
   * @param columns values of the vectors, dimension by dimension
   * @param k the first dimension
   */
  void add(float[][] columns, float[] query, int k, float[] sums) {
    switch (this) {
      case PRODUCTS -> products(columns, query, k, sums);
      case SQUARES -> squares(columns, query, k, sums);
      case DISTANCES -> distances(columns, query, k, sums);
    }
  }

  // Columns are variables of their own: with offsets into one array, C2 makes no vectors.

  private static void products(float[][] columns, float[] query, int k, float[] sums) {
    float[] a = columns[k];
    float[] b = columns[k + 1];
    float[] c = columns[k + 2];
    float[] d = columns[k + 3];
    float[] e = columns[k + 4];
    float[] f = columns[k + 5];
    float[] g = columns[k + 6];
    float[] h = columns[k + 7];
    float qa = query[k];
    float qb = query[k + 1];
    float qc = query[k + 2];
    float qd = query[k + 3];
    float qe = query[k + 4];
    float qf = query[k + 5];
    float qg = query[k + 6];
    float qh = query[k + 7];
    for (int i = 0; i < sums.length; i++) {
      float s = sums[i];
      s = Math.fma(qa, a[i], s);
      s = Math.fma(qb, b[i], s);
      s = Math.fma(qc, c[i], s);
      s = Math.fma(qd, d[i], s);
      s = Math.fma(qe, e[i], s);
      s = Math.fma(qf, f[i], s);
      s = Math.fma(qg, g[i], s);
      s = Math.fma(qh, h[i], s);
      sums[i] = s;
    }
  }

  private static void squares(float[][] columns, float[] query, int k, float[] sums) {
    for (int half = k; half < k + 8; half += 4) {
      float[] a = columns[half];
      float[] b = columns[half + 1];
      float[] c = columns[half + 2];
      float[] d = columns[half + 3];
      float qa = query[half];
      float qb = query[half + 1];
      float qc = query[half + 2];
      float qd = query[half + 3];
      for (int i = 0; i < sums.length; i++) {
        float da = qa - a[i];
        float db = qb - b[i];
        float dc = qc - c[i];
        float dd = qd - d[i];
        sums[i] = Math.fma(dd, dd, Math.fma(dc, dc, Math.fma(db, db, Math.fma(da, da, sums[i]))));
      }
    }
  }

  private static void distances(float[][] columns, float[] query, int k, float[] sums) {
    for (int half = k; half < k + 8; half += 4) {
      float[] a = columns[half];
      float[] b = columns[half + 1];
      float[] c = columns[half + 2];
      float[] d = columns[half + 3];
      float qa = query[half];
      float qb = query[half + 1];
      float qc = query[half + 2];
      float qd = query[half + 3];
      for (int i = 0; i < sums.length; i++) {
        float s = sums[i];
        s += Math.abs(qa - a[i]);
        s += Math.abs(qb - b[i]);
        s += Math.abs(qc - c[i]);
        s += Math.abs(qd - d[i]);
        sums[i] = s;
      }
    }
  }
}

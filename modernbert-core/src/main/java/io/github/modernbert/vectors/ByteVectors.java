package io.github.modernbert.vectors;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Vectors of 8-bit integers, and their sums of products with another one. The first search makes a
 * copy that is transposed as {@link Panel} is, unless that would take too much memory: of loops
 * over its columns the compiler of the JVM makes vector instructions. Safe for use by several
 * threads.
 */
public final class ByteVectors {
  /** Vectors of a panel. */
  private static final int WIDTH = 512;

  /** Dimensions that a loop over the vectors takes at a time. */
  private static final int STEP = 4;

  /** Sums of so many products, each of at most 2^15 in size, are integers that a float holds. */
  private static final int EXACT = 512;

  /** What is added to a signed byte to make an unsigned one of the same bits but the highest. */
  private static final int OFFSET = 128;

  /** The part of the heap that the copy may take. */
  private static final int HEAP_SHARE = 8;

  private final byte[][] rows;
  private final boolean signed;

  /** The columns of each panel, signed; null as long as nobody has searched. */
  private volatile byte @Nullable [][][] panels;

  /**
   * @param rows vectors of the same length, not to be changed
   * @param signed how bytes are read
   */
  public ByteVectors(byte[][] rows, boolean signed) {
    this.rows = rows;
    this.signed = signed;
  }

  /** Hands the sum of products of each vector with a query to the hits, as their scores. */
  public void search(byte[] query, TopHits hits) {
    byte[][][] all = panels(query.length);
    if (all == null) {
      for (int i = 0; i < rows.length; i++) {
        hits.offer(i, product(query, rows[i]));
      }
      return;
    }
    var values = new float[padded(query.length)];
    long sum = 0;
    for (int k = 0; k < query.length; k++) {
      values[k] = value(query[k]);
      sum += value(query[k]);
    }
    // Columns hold what is 128 less than unsigned bytes.
    long shift = signed ? 0 : OFFSET * sum;
    for (int p = 0; p < all.length; p++) {
      float[] scores = products(all[p], values, shift);
      hits.offer(p * WIDTH, scores, Math.min(WIDTH, rows.length - p * WIDTH));
    }
  }

  private int value(byte integer) {
    return signed ? integer : Byte.toUnsignedInt(integer);
  }

  private float product(byte[] a, byte[] b) {
    long sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += value(a[k]) * value(b[k]);
    }
    return sum;
  }

  private static int padded(int dimension) {
    return Math.ceilDiv(dimension, STEP) * STEP;
  }

  private byte @Nullable [][][] panels(int dimension) {
    byte[][][] known = panels;
    int count = Math.ceilDiv(rows.length, WIDTH);
    if (known == null
        && (long) count * WIDTH * dimension <= Runtime.getRuntime().maxMemory() / HEAP_SHARE) {
      known = new byte[count][padded(dimension)][WIDTH];
      for (int i = 0; i < rows.length; i++) {
        byte[][] columns = known[i / WIDTH];
        for (int k = 0; k < dimension; k++) {
          columns[k][i % WIDTH] = (byte) (signed ? rows[i][k] : rows[i][k] - OFFSET);
        }
      }
      panels = known;
    }
    return known;
  }

  private static float[] products(byte[][] columns, float[] query, long shift) {
    var totals = new double[WIDTH];
    var sums = new float[WIDTH];
    for (int begin = 0; begin < query.length; begin += EXACT) {
      Arrays.fill(sums, 0);
      int end = Math.min(query.length, begin + EXACT);
      for (int k = begin; k < end; k += STEP) {
        add(columns, query, k, sums);
      }
      for (int i = 0; i < WIDTH; i++) {
        totals[i] += sums[i];
      }
    }
    for (int i = 0; i < WIDTH; i++) {
      sums[i] = (float) (totals[i] + shift);
    }
    return sums;
  }

  private static void add(byte[][] columns, float[] query, int k, float[] sums) {
    byte[] a = columns[k];
    byte[] b = columns[k + 1];
    byte[] c = columns[k + 2];
    byte[] d = columns[k + 3];
    float qa = query[k];
    float qb = query[k + 1];
    float qc = query[k + 2];
    float qd = query[k + 3];
    for (int i = 0; i < sums.length; i++) {
      sums[i] =
          Math.fma(qa, a[i], Math.fma(qb, b[i], Math.fma(qc, c[i], Math.fma(qd, d[i], sums[i]))));
    }
  }
}

package io.github.modernbert.kernels;

/**
 * The order of sums over rows: {@value #LANES} partial sums, element {@code j} going to partial sum
 * {@code j mod 16} in ascending order from +0, then combined pairwise at distances 8, 4, 2, 1.
 */
public final class Reduction {
  /** Number of interleaved partial results; as many floats as the widest vectors hold. */
  public static final int LANES = 16;

  private Reduction() {}

  /** The pairwise sum of partial sums, which are overwritten. */
  public static float pairwiseSum(float[] lanes) {
    for (int distance = LANES / 2; distance > 0; distance /= 2) {
      for (int i = 0; i < distance; i++) {
        lanes[i] += lanes[i + distance];
      }
    }
    return lanes[0];
  }

  /** The sum of an array in the fixed order. */
  public static float sum(float[] values) {
    var lanes = new float[LANES];
    for (int i = 0; i < values.length; i++) {
      lanes[i % LANES] += values[i];
    }
    return pairwiseSum(lanes);
  }

  /** The sum of products in the fixed order, each product fused with its addition. */
  public static float dot(float[] a, float[] b) {
    var lanes = new float[LANES];
    for (int i = 0; i < a.length; i++) {
      lanes[i % LANES] = Math.fma(a[i], b[i], lanes[i % LANES]);
    }
    return pairwiseSum(lanes);
  }
}

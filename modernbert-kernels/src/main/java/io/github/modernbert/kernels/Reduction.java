package io.github.modernbert.kernels;

/**
 * The one shape that every sum has: {@value #LANES} partial sums, element {@code j} going to
 * partial sum {@code j mod 16} in ascending order from +0, then combined pairwise at distances 8,
 * 4, 2, 1.
 */
public final class Reduction {
  /** Number of interleaved partial results; as many floats as the widest vectors hold. */
  public static final int LANES = 16;

  private Reduction() {}

  /** Combines partial sums in the fixed tree; overwrites them. */
  public static float tree(float[] lanes) {
    for (int distance = LANES / 2; distance > 0; distance /= 2) {
      for (int i = 0; i < distance; i++) {
        lanes[i] += lanes[i + distance];
      }
    }
    return lanes[0];
  }

  /** The sum of an array in the fixed shape. */
  public static float sum(float[] values) {
    var lanes = new float[LANES];
    for (int i = 0; i < values.length; i++) {
      lanes[i % LANES] += values[i];
    }
    return tree(lanes);
  }

  /** The sum of products in the fixed shape, each product fused with its addition. */
  public static float dot(float[] a, float[] b) {
    var lanes = new float[LANES];
    for (int i = 0; i < a.length; i++) {
      lanes[i % LANES] = Math.fma(a[i], b[i], lanes[i % LANES]);
    }
    return tree(lanes);
  }
}

package io.github.modernbert.kernels;

/**
 * Arrays that one thread needs inside a kernel; they grow to what has been asked for and are kept.
 * What they hold between kernels is undefined.
 */
public final class Scratch {
  private float[] rows = {};
  private float[] sums = {};
  private float[] gates = {};
  private float[] activated = {};
  private float[] between = {};
  private float[] scores = {};
  private float[] weights = {};
  private float[] weighted = {};
  private float[] lanes = {};
  private float[] maxima = {};
  private float[] scales = {};
  private int kept;

  /** Nothing is allocated yet. */
  public Scratch() {}

  private static float[] atLeast(float[] array, int length) {
    return array.length >= length ? array : new float[length];
  }

  /** The left operand of a product, in blocks of columns. */
  public float[] rows(int length) {
    return rows = atLeast(rows, length);
  }

  /** Results of a product that are not complete yet. */
  public float[] sums(int length) {
    return sums = atLeast(sums, length);
  }

  /** The first product of a gate. */
  public float[] activated(int length) {
    return activated = atLeast(activated, length);
  }

  /** The second product of a gate. */
  public float[] gates(int length) {
    return gates = atLeast(gates, length);
  }

  /** Intermediate results of an activation. */
  public float[] between(int length) {
    return between = atLeast(between, length);
  }

  /** What one step of attention works on. */
  public float[] scores(int length) {
    return scores = atLeast(scores, length);
  }

  float[] weights(int length) {
    return weights = atLeast(weights, length);
  }

  float[] weighted(int length) {
    return weighted = atLeast(weighted, length);
  }

  float[] lanes(int length) {
    return lanes = atLeast(lanes, length);
  }

  float[] maxima(int length) {
    return maxima = atLeast(maxima, length);
  }

  float[] scales(int length) {
    return scales = atLeast(scales, length);
  }

  /** Takes what was read only to be read, so that the compiler does not leave it out. */
  void keep(int words) {
    kept += words;
  }
}

package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import java.util.Arrays;

/**
 * The least and the largest value of each dimension, between which {@link VectorPrecision#INT8} and
 * {@link VectorPrecision#UINT8} have 256 steps. Immutable.
 */
public final class QuantizationRanges {
  private static final int STEPS = 255;

  private final float[] minimums;
  private final float[] maximums;

  private QuantizationRanges(float[] minimums, float[] maximums) {
    this.minimums = minimums;
    this.maximums = maximums;
    for (int i = 0; i < minimums.length; i++) {
      if (!(minimums[i] <= maximums[i]) || !Float.isFinite(maximums[i] - minimums[i])) {
        throw new IllegalArgumentException(
            "ranges: expected a finite range in dimension %d, found %s to %s"
                .formatted(i, minimums[i], maximums[i]));
      }
    }
  }

  /**
   * The ranges of calibration vectors, which should be like those to be quantized: some thousands
   * of the corpus itself are best.
   *
   * @param calibration at least two
   * @throws IllegalArgumentException if they are null, fewer than two, or a value is not finite
   */
  public static QuantizationRanges of(Embeddings calibration) {
    int size = Arguments.notNull(calibration, "calibration").size();
    if (size < 2) {
      throw new IllegalArgumentException(
          "calibration: the ranges of values need at least two vectors, found " + size);
    }
    float[] minimums = calibration.vector(0);
    float[] maximums = minimums.clone();
    for (int i = 1; i < size; i++) {
      float[] row = calibration.rows().row(i);
      for (int d = 0; d < row.length; d++) {
        minimums[d] = Math.min(minimums[d], row[d]);
        maximums[d] = Math.max(maximums[d], row[d]);
      }
    }
    return new QuantizationRanges(minimums, maximums);
  }

  /**
   * Known ranges.
   *
   * @param minimums the least value of each dimension
   * @param maximums the largest value of each dimension
   * @throws IllegalArgumentException if one is null, they differ in length, or a range is not
   *     finite
   */
  public static QuantizationRanges of(float[] minimums, float[] maximums) {
    int dimension = Arguments.notNull(minimums, "minimums").length;
    if (Arguments.notNull(maximums, "maximums").length != dimension) {
      throw new IllegalArgumentException(
          "ranges: found %d minimums and %d maximums".formatted(dimension, maximums.length));
    }
    return new QuantizationRanges(minimums.clone(), maximums.clone());
  }

  /** How many dimensions there are. */
  public int dimension() {
    return minimums.length;
  }

  /** The least value of each dimension; the caller's own. */
  public float[] minimums() {
    return minimums.clone();
  }

  /** The largest value of each dimension; the caller's own. */
  public float[] maximums() {
    return maximums.clone();
  }

  float minimum(int dimension) {
    return minimums[dimension];
  }

  /** The distance of neighbouring integers; 1 in a dimension whose values are all the same. */
  float step(int dimension) {
    float step = (maximums[dimension] - minimums[dimension]) / STEPS;
    return step == 0 ? 1 : step;
  }

  /** The integer of a value, from 0 to 255. */
  int quantize(int dimension, float value) {
    double place = Math.floor((value - minimums[dimension]) / step(dimension));
    return (int) Math.clamp(place, 0, STEPS);
  }

  /** The value that an integer from 0 to 255 stands for. */
  double dequantize(int dimension, int value) {
    return (double) value * step(dimension) + minimums[dimension];
  }

  /** Whether the other one has the same ranges. */
  @Override
  public boolean equals(Object other) {
    return other instanceof QuantizationRanges o
        && Arrays.equals(minimums, o.minimums)
        && Arrays.equals(maximums, o.maximums);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(minimums) + Arrays.hashCode(maximums);
  }
}

package io.github.modernbert.kernels;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A weight matrix with each row and each column multiplied with a factor of its own. Read in whole
 * rows.
 *
 * @param weights the matrix
 * @param factors by which it is multiplied
 */
public record ScaledWeights(FloatSource weights, Factors factors) implements FloatSource {
  /**
   * Factors of rows and columns.
   *
   * @param rows one for each
   * @param columns one for each
   */
  public record Factors(float[] rows, float[] columns) {
    /** Factors that change nothing. */
    static Factors ones(int rows, int columns) {
      var factors = new Factors(new float[rows], new float[columns]);
      Arrays.fill(factors.rows, 1f);
      Arrays.fill(factors.columns, 1f);
      return factors;
    }
  }

  @Override
  public void read(long from, long count, MemorySegment target) {
    // In an array: while this is interpreted, segments take a hundred times as long.
    var values = new float[factors.columns.length];
    for (long i = 0; i < count; i += values.length) {
      weights.read(from + i, values.length, MemorySegment.ofArray(values));
      multiply(values, factors.rows[(int) ((from + i) / values.length)], factors.columns);
      MemorySegment.copy(values, 0, target, Matrix.FLOAT, i * Float.BYTES, values.length);
    }
  }

  private static void multiply(float[] values, float factor, float[] factors) {
    for (int i = 0; i < values.length; i++) {
      values[i] = values[i] * factor * factors[i];
    }
  }

  /** The rows from one on. */
  public ScaledWeights from(int row) {
    long first = (long) row * factors.columns.length;
    return new ScaledWeights(
        (from, count, target) -> weights.read(first + from, count, target),
        new Factors(Arrays.copyOfRange(factors.rows, row, factors.rows.length), factors.columns));
  }
}

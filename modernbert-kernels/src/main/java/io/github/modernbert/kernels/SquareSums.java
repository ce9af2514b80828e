package io.github.modernbert.kernels;

/** Sums of the squares of rows and of columns, in float64 and in a fixed order. */
public interface SquareSums {
  /** Rows whose squares are summed up side by side. */
  int ROWS = 4;

  /**
   * Computes the sum of the squares of each row in float64, in ascending order.
   *
   * @param rows one after the other
   * @param height how many there are; a multiple of {@link #ROWS}
   */
  void rowSquares(float[] rows, int height, int depth, double[] sums);

  /**
   * Adds the squares of each column, times the scale of their row, one row after the other.
   *
   * @param rows one after the other
   * @param height how many there are; a multiple of {@link #ROWS}
   * @param squares a sum for each column
   */
  void addSquares(float[] rows, int height, int depth, double[] scales, double[] squares);
}

package io.github.modernbert.encoder;

import io.github.modernbert.kernels.SquareSums;

/**
 * Sums of squares as loops in Java. They take four rows at a time, each copied into an array of its
 * own: each addition waits for the one before it, and C2 vectorises loops over arrays at the same
 * index only.
 */
final class SquareLoops implements SquareSums {
  private final float[] a;
  private final float[] b;
  private final float[] c;
  private final float[] d;

  /**
   * @param columns of a row
   */
  SquareLoops(int columns) {
    a = new float[columns];
    b = new float[columns];
    c = new float[columns];
    d = new float[columns];
  }

  private void copyFour(float[] rows, int first) {
    int columns = a.length;
    System.arraycopy(rows, first * columns, a, 0, columns);
    System.arraycopy(rows, (first + 1) * columns, b, 0, columns);
    System.arraycopy(rows, (first + 2) * columns, c, 0, columns);
    System.arraycopy(rows, (first + 3) * columns, d, 0, columns);
  }

  @Override
  public void rowSquares(float[] rows, int height, int depth, double[] sums) {
    for (int r = 0; r < height; r += ROWS) {
      copyFour(rows, r);
      double ofA = 0;
      double ofB = 0;
      double ofC = 0;
      double ofD = 0;
      for (int i = 0; i < a.length; i++) {
        ofA += (double) a[i] * a[i];
        ofB += (double) b[i] * b[i];
        ofC += (double) c[i] * c[i];
        ofD += (double) d[i] * d[i];
      }
      sums[r] = ofA;
      sums[r + 1] = ofB;
      sums[r + 2] = ofC;
      sums[r + 3] = ofD;
    }
  }

  @Override
  public void addSquares(float[] rows, int height, int depth, double[] scales, double[] squares) {
    for (int r = 0; r < height; r += ROWS) {
      copyFour(rows, r);
      addFour(scales[r], scales[r + 1], scales[r + 2], scales[r + 3], squares);
    }
  }

  private void addFour(double ofA, double ofB, double ofC, double ofD, double[] squares) {
    for (int i = 0; i < squares.length; i++) {
      double sum = squares[i] + (double) a[i] * a[i] * ofA + (double) b[i] * b[i] * ofB;
      squares[i] = sum + (double) c[i] * c[i] * ofC + (double) d[i] * d[i] * ofD;
    }
  }
}

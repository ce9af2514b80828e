package io.github.modernbert.tasks;

import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.Reduction;
import java.lang.foreign.Arena;

/** Arithmetic on whole vectors. */
public final class Vectors {
  /** Where the reference (torch.nn.functional.normalize) divides by a length that may be 0. */
  private static final float SMALLEST_LENGTH = 1e-12f;

  private Vectors() {}

  /** Copies the rows of a matrix out. */
  public static float[][] rows(Matrix matrix) {
    var rows = new float[matrix.rows()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = matrix.row(i);
    }
    return rows;
  }

  /** Copies some rows of a matrix into a smaller one. */
  static Matrix gather(Matrix matrix, int[] rows, Arena arena) {
    Matrix some = Matrix.allocate(arena, rows.length, matrix.columns());
    for (int i = 0; i < rows.length; i++) {
      some.setRow(i, matrix.row(rows[i]));
    }
    return some;
  }

  /** Scales a vector to length 1, in place; a zero vector stays one. */
  static float[] normalize(float[] vector) {
    float length = (float) Math.sqrt(Reduction.dot(vector, vector));
    float divisor = Math.max(length, SMALLEST_LENGTH);
    for (int i = 0; i < vector.length; i++) {
      vector[i] /= divisor;
    }
    return vector;
  }
}

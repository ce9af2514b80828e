package io.github.modernbert.tasks;

import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.Reduction;
import java.lang.foreign.Arena;

/** Arithmetic on whole vectors. */
public final class Vectors {
  /**
   * The least divisor of torch.nn.functional.normalize, which the reference calls with lengths that
   * may be 0.
   */
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

  /** Copies the rows of a matrix out, which are results of the model and must be finite. */
  public static float[][] results(Matrix matrix) {
    float[][] rows = rows(matrix);
    for (float[] row : rows) {
      requireFinite(row);
    }
    return rows;
  }

  /**
   * The same vector, a result of the model.
   *
   * @throws NotFiniteException if a value is NaN or infinite
   */
  static float[] requireFinite(float[] vector) {
    for (float value : vector) {
      if (!Float.isFinite(value)) {
        throw new NotFiniteException(value);
      }
    }
    return vector;
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

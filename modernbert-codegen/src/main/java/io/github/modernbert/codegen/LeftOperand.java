package io.github.modernbert.codegen;

import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.RowOperations;
import io.github.modernbert.kernels.Scratch;
import io.github.modernbert.kernels.StoreMode;

/** Rows, prepared to be multiplied with panel after panel of weights of one format. */
interface LeftOperand {
  /** Number of rows. */
  int count();

  /**
   * The product with some panels, cut into calls of machine code that are long enough to cost
   * nothing and short enough for a collector to wait.
   *
   * @param panel the first one
   * @param count number of panels
   * @param y receives the columns of panels, from the first one's on
   * @param mode whether the product is added to y
   */
  void multiply(PackedMatrix w, int panel, int count, Matrix y, StoreMode mode);

  /** Prepares rows. */
  @FunctionalInterface
  interface Factory {
    /**
     * Prepares some rows.
     *
     * @param operations ends products whose code ends with sums
     */
    LeftOperand of(Matrix x, RowOperations operations, Scratch scratch);
  }
}

package io.github.modernbert.kernels;

import java.util.Arrays;

/**
 * Rows of integers, multiplied by a micro-kernel for float32: sums over so much of the depth that
 * they are exact become integers, which are added up.
 */
final class Int8RowBlock extends RowBlock {
  private static final int EXACT_STEPS = RowQuantizer.EXACT / DEPTH_STEP * DEPTH_STEP;

  private final QuantizedRows rows;
  private final int[] totals;

  /** Copies the rows and makes integers of them. */
  Int8RowBlock(MicroKernel kernel, ProductWorkspace workspace, Matrix x) {
    super(kernel, workspace, x, 2 * x.rows());
    rows = new QuantizedRows(a, height, x.rows(), x.columns(), workspace.quantized);
    totals = workspace.totals.atLeast(rows.count() * width);
  }

  @Override
  void multiply(PackedMatrix w, int panel, float[] sums) {
    int all = rows.count();
    Arrays.fill(totals, 0, all * width, 0);
    for (int k = 0; k < w.depth(); k += EXACT_STEPS) {
      multiply(w, panel, k, Math.min(w.depth(), k + EXACT_STEPS), all, sums);
      for (int i = 0; i < all * width; i++) {
        totals[i] += (int) sums[i];
      }
    }
    rows.scale(totals, (Int8Panels) w, panel, sums);
  }
}

package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import java.util.Arrays;

/**
 * Products of integers by kernels for float32: sums over so much of the depth that they are exact
 * become integers, which are added up.
 */
final class Int8PanelLoop extends PanelLoop {
  private static final int EXACT_STEPS = RowQuantizer.EXACT / DEPTH_STEP * DEPTH_STEP;

  private final int rows;
  private final int all;
  private final float[] scales;
  private final int[] fine;
  private final int[] totals;

  /** Copies the rows and makes integers of them. */
  Int8PanelLoop(TiledKernels kernels, Scratch scratch, Matrix x, int width) {
    super(kernels, scratch, x, width, 2 * x.rows());
    rows = x.rows();
    scales = scratch.scales(2 * rows);
    fine = scratch.fine(rows);
    all = new RowQuantizer(a, height * DEPTH_BLOCK, x.columns(), scales, fine).quantize(rows);
    totals = scratch.totals(all * width);
  }

  @Override
  void multiply(PackedMatrix w, int panel, float[] sums) {
    Arrays.fill(totals, 0, all * width, 0);
    for (int k = 0; k < w.depth(); k += EXACT_STEPS) {
      multiply(w, panel, k, Math.min(w.depth(), k + EXACT_STEPS), all, sums);
      for (int i = 0; i < all * width; i++) {
        totals[i] += (int) sums[i];
      }
    }
    float[] featureScales = scratch.featureScales(width);
    ((Int8Panels) w).scales().read(0, panel * width, featureScales, 0, width);
    for (int r = 0; r < rows; r++) {
      if (fine[r] < 0) {
        scale(r, featureScales, sums);
      } else {
        scaleBoth(r, fine[r], featureScales, sums);
      }
    }
  }

  private void scale(int row, float[] featureScales, float[] sums) {
    float scale = scales[row];
    int at = row * width;
    for (int n = 0; n < width; n++) {
      sums[at + n] = (float) totals[at + n] * scale * featureScales[n];
    }
  }

  private void scaleBoth(int row, int fineRow, float[] featureScales, float[] sums) {
    float scale = scales[row];
    float fineScale = scales[fineRow];
    int at = row * width;
    int fineAt = fineRow * width;
    for (int n = 0; n < width; n++) {
      float sum = (float) totals[at + n] * scale + (float) totals[fineAt + n] * fineScale;
      sums[at + n] = sum * featureScales[n];
    }
  }
}

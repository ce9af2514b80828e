package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import java.util.Arrays;

/**
 * Products of rows with panels of keys or values, tile by tile.
 *
 * @param kernel multiplies tiles, with memory of the thread
 */
record PanelTiles(MicroKernel kernel) {
  /**
   * Computes {@code c = a · panels}.
   *
   * @param a the rows, in blocks of columns
   * @param aBlock floats from one block of a to the next
   * @param panels how many
   * @param depth columns of a
   * @param c the results; the row behind them may be written too
   */
  void multiply(
      int rows,
      float[] a,
      int aOffset,
      int aBlock,
      KeyBlock.Panels b,
      int panels,
      int depth,
      float[] c,
      int stride) {
    int width = kernel.panelWidth();
    for (int row = 0; row <= rows * stride; row += stride) {
      Arrays.fill(c, row, row + panels * width, RowBlock.ADDITIVE_IDENTITY);
    }
    for (int p = 0, count; p < panels; p += count) {
      count = kernel.panelsAtOnce(panels - p);
      long panel = p * b.stride();
      for (int row = 0, height; row < rows; row += height) {
        height = kernel.tileRows(rows - row);
        int from = aOffset + row * DEPTH_BLOCK;
        int to = p * width + row * stride;
        kernel.multiplyPanels(
            count, height, a, from, aBlock, b.memory(), panel, b.stride(), depth, c, to, stride);
      }
    }
  }
}

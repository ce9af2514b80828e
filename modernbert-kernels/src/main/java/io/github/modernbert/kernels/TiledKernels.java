package io.github.modernbert.kernels;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Products by tiles of some rows by one panel; see {@link ProductLoop}. */
public abstract class TiledKernels extends BlockKernels {
  /** For subclasses. */
  protected TiledKernels() {}

  /** The height of the tile to use when so many rows are left; may be one more than are left. */
  protected abstract int tileRows(int left);

  /**
   * Adds the product of {@code rows} rows of a with one panel b to c, for each block of {@link
   * #DEPTH_BLOCK} of the depth in turn: c[r, n] += Σ_k a[r, k] · b[k, n], for n below the panel
   * width, where the sum over the k of a block is one chain of fused multiply-adds from +0 in
   * ascending order.
   *
   * @param rows a result of {@link #tileRows}
   * @param a blocks of columns, in each the rows at distances of {@link #DEPTH_BLOCK} floats
   * @param aBlock from one block of a to the next
   * @param b rows of the panel one after the other
   * @param depth at least 1
   */
  protected abstract void tile(
      int rows,
      float[] a,
      int aOffset,
      int aBlock,
      MemorySegment b,
      long bOffset,
      int depth,
      float[] c,
      int cOffset,
      int cStride);

  /**
   * Writes a part of a panel as float32, one input feature after the other.
   *
   * @param w of bfloat16 or integers
   * @param k the first input feature, a multiple of {@link #DEPTH_BLOCK}
   * @param depth how many of them
   * @param target what lies behind them may be written too, up to a multiple of 4 features
   */
  protected abstract void widen(PackedMatrix w, int panel, int k, int depth, MemorySegment target);

  @Override
  protected final void multiplyDeep(
      Matrix x, PackedMatrix w, Matrix y, boolean add, Scratch scratch) {
    new ProductLoop(this, scratch).multiply(x, w, y, add);
  }

  @Override
  protected final void multiplyGateDeep(
      Matrix x, PackedMatrix u, PackedMatrix g, Activation activation, Matrix y, Scratch scratch) {
    new ProductLoop(this, scratch).multiplyGate(x, u, g, activation, y);
  }

  @Override
  protected final void multiplyPanels(
      int rows,
      float[] a,
      int aOffset,
      int aBlock,
      MemorySegment b,
      long bOffset,
      long bPanel,
      int panels,
      int depth,
      float[] c,
      int cOffset,
      int cStride) {
    int width = panelWidth();
    for (int r = 0; r < QUERY_BLOCK; r++) {
      int row = cOffset + r * cStride;
      Arrays.fill(c, row, row + panels * width, PanelLoop.NOTHING);
    }
    for (int p = 0; p < panels; p++) {
      for (int row = 0, height; row < rows; row += height) {
        height = tileRows(rows - row);
        int from = aOffset + row * DEPTH_BLOCK;
        int to = cOffset + p * width + row * cStride;
        tile(height, a, from, aBlock, b, bOffset + p * bPanel, depth, c, to, cStride);
      }
    }
  }
}

package io.github.modernbert.kernels;

import java.lang.foreign.MemorySegment;

/**
 * The innermost loops of matrix products: a tile of some rows by one panel, whose sums stay in
 * registers.
 *
 * <p>Arguments are elements of arrays: accesses to arrays are an order of magnitude less code for
 * the compilers than those to segments, and a kernel that is too much for C1 is never compiled by
 * C2 either. Offsets into segments are in bytes, offsets and strides in arrays in floats.
 */
public interface MicroKernel {
  /**
   * Columns of a tile, which are those of a panel; in attention a divisor of {@link
   * Kernels#KEY_ALIGNMENT}.
   */
  int panelWidth();

  /**
   * The width of panels that suits a matrix.
   *
   * @param features output features of the matrix
   */
  default int panelWidth(int features) {
    return panelWidth();
  }

  /**
   * This kernel for panels of another width.
   *
   * @param width a result of {@link #panelWidth(int)}
   */
  default MicroKernel withPanels(int width) {
    return this;
  }

  /**
   * This kernel with memory of one thread, for calls by that thread alone.
   *
   * @param scratch memory of the thread
   */
  default MicroKernel using(Scratch scratch) {
    return this;
  }

  /** How many panels {@link #multiplyPanels} takes at a time when so many are left. */
  default int panelsAtOnce(int left) {
    return 1;
  }

  /** The rows of the tile to use when so many rows are left; may be one more than are left. */
  int tileRows(int left);

  /**
   * Adds the product of {@code rows} rows of a with one panel b to c, for each block of {@link
   * Kernels#DEPTH_BLOCK} of the depth in turn: c[r, n] += Σ_k a[r, k] · b[k, n], for n below the
   * panel width, where the sum over the k of a block is one chain of fused multiply-adds from +0 in
   * ascending order.
   *
   * @param rows a result of {@link #tileRows}
   * @param a blocks of columns, in each the rows at distances of {@link Kernels#DEPTH_BLOCK} floats
   * @param aBlock from one block of a to the next
   * @param b rows of the panel one after the other
   * @param depth at least 1
   */
  void multiply(
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
   * {@link #multiply} with some panels, whose columns lie side by side in c.
   *
   * @param panels a result of {@link #panelsAtOnce}
   * @param bStride bytes from one panel to the next
   */
  default void multiplyPanels(
      int panels,
      int rows,
      float[] a,
      int aOffset,
      int aBlock,
      MemorySegment b,
      long bOffset,
      long bStride,
      int depth,
      float[] c,
      int cOffset,
      int cStride) {
    multiply(rows, a, aOffset, aBlock, b, bOffset, depth, c, cOffset, cStride);
  }

  /**
   * Writes a part of a panel as float32, one input feature after the other.
   *
   * @param w of bfloat16 or integers
   * @param k the first input feature, a multiple of {@link Kernels#DEPTH_BLOCK}
   * @param depth how many of them
   * @param target memory behind them may be written too, up to a multiple of 4 features
   */
  void widen(PackedMatrix w, int panel, int k, int depth, MemorySegment target);
}

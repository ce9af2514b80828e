package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * A block of rows as the left operand of products, copied into blocks of columns. It is multiplied
 * with panel after panel, some blocks of the depth at a time: a part of the panel stays in the
 * first-level cache while all rows pass it.
 */
abstract sealed class RowBlock permits FloatRowBlock, Int8RowBlock {
  /** Depth of a panel that stays in a first-level cache of 48 KB, beside the rows of a tile. */
  static final int DEPTH_STEP = 3 * DEPTH_BLOCK;

  /** The additive identity: −0 + x is x, also for x = −0. */
  static final float ADDITIVE_IDENTITY = -0f;

  /** Bytes of a cache line, or a part of one. */
  private static final int LINE = 64;

  final ProductWorkspace workspace;
  final int width;

  /** The rows as blocks of columns, one after the other, each row by row. */
  final float[] a;

  /** Rows from one block to the next: one more, because the last tile may be one higher. */
  final int height;

  private final MicroKernel kernel;

  /**
   * Copies the rows.
   *
   * @param capacity how many rows there may be, with those that subclasses add
   */
  RowBlock(MicroKernel kernel, ProductWorkspace workspace, Matrix x, int capacity) {
    this.kernel = kernel;
    this.workspace = workspace;
    this.width = kernel.panelWidth();
    this.height = capacity + 1;
    this.a = copy(x, height, workspace.rows);
  }

  /**
   * Copies rows into blocks of columns.
   *
   * @param height rows from one block to the next
   */
  static float[] copy(Matrix x, int height, Scratch.Floats buffer) {
    float[] a = buffer.atLeast(height * Math.ceilDiv(x.columns(), DEPTH_BLOCK) * DEPTH_BLOCK);
    for (int k = 0; k < x.columns(); k += DEPTH_BLOCK) {
      x.readBlock(0, x.rows(), k, Math.min(DEPTH_BLOCK, x.columns() - k), a, k * height);
    }
    return a;
  }

  /** Floats that {@link #multiply} writes, with those behind the last row. */
  final int sumsLength() {
    return height * width;
  }

  /** Computes {@code sums = rows · panel}, row after row. */
  abstract void multiply(PackedMatrix w, int panel, float[] sums);

  /** The same in float32, of a part of the depth and the first {@code count} rows. */
  final void multiply(PackedMatrix w, int panel, int begin, int end, int count, float[] sums) {
    Arrays.fill(sums, 0, (count + 1) * width, ADDITIVE_IDENTITY);
    for (int k = begin; k < end; k += DEPTH_STEP) {
      int depth = Math.min(DEPTH_STEP, end - k);
      MemorySegment part;
      long b;
      if (w instanceof FloatPanels) {
        part = w.panels();
        b = w.panelOffset(panel) + (long) k * width * Float.BYTES;
      } else {
        part = workspace.panel.atLeast((long) DEPTH_STEP * width * Float.BYTES);
        b = 0;
        kernel.widen(w, panel, k, depth, part);
      }
      for (int row = 0, tileRows; row < count; row += tileRows) {
        tileRows = kernel.tileRows(count - row);
        int from = (k / DEPTH_BLOCK * height + row) * DEPTH_BLOCK;
        kernel.multiply(
            tileRows, a, from, height * DEPTH_BLOCK, part, b, depth, sums, row * width, width);
        if (row == 0 && tileRows < count) {
          touchNext(w, panel, k, depth);
        }
      }
    }
  }

  /**
   * Reads a word of each cache line of the next part of a panel while this one is used, which Java
   * has no instruction for: products wait for memory 3 % less of the time.
   */
  private void touchNext(PackedMatrix w, int panel, int k, int depth) {
    MemorySegment panels = w.panels();
    long bytesOfInput = w.panelBytes() / w.depth();
    long from = w.panelOffset(panel) + (k + depth) * bytesOfInput;
    long end = Math.min(from + DEPTH_STEP * bytesOfInput, panels.byteSize());
    int words = 0;
    for (long at = from; at + Integer.BYTES <= end; at += LINE) {
      words += panels.get(ValueLayout.JAVA_INT_UNALIGNED, at);
    }
    workspace.touched += words;
  }
}

package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A block of rows as the left operand of products, copied into blocks of columns. It is multiplied
 * with panel after panel, some blocks of the depth at a time: a part of the panel stays in the
 * first-level cache while all rows pass it.
 *
 * <p>Integers are multiplied by the micro-kernel for float32, too: sums over so much of the depth
 * that they are exact become integers, which are added up.
 */
final class RowBlock {
  /** Depth of a panel that stays in a first-level cache of 48 KB, beside the rows of a tile. */
  static final int DEPTH_STEP = 3 * DEPTH_BLOCK;

  /** The additive identity: −0 + x is x, also for x = −0. */
  static final float ADDITIVE_IDENTITY = -0f;

  /** Depth over which sums of products of integers are exact in float32. */
  private static final int EXACT_STEPS = RowQuantizer.EXACT / DEPTH_STEP * DEPTH_STEP;

  /** Bytes of a cache line, or a part of one. */
  private static final int LINE = 64;

  private final MicroKernel kernel;
  private final ProductWorkspace workspace;
  private final int width;
  private final int rows;

  /** The rows as blocks of columns, one after the other, each row by row. */
  private final float[] a;

  /** Rows from one block to the next: one more, because the last tile may be one higher. */
  private final int height;

  /** The rows as integers, if the weights are that. */
  private final @Nullable QuantizedRows integers;

  /** Copies the rows, and makes integers of them for weights of integers. */
  RowBlock(
      MicroKernel kernel, Matrix x, PackedMatrix w, RowLoops loops, ProductWorkspace workspace) {
    boolean int8 = w instanceof Int8Panels;
    this.kernel = kernel;
    this.workspace = workspace;
    width = kernel.panelWidth();
    rows = x.rows();
    height = (int8 ? 2 * rows : rows) + 1;
    a = x.copyBlocks(height, workspace.rows);
    integers =
        int8 ? new QuantizedRows(a, height, rows, x.columns(), loops, workspace.quantized) : null;
  }

  /** Floats that {@link #multiply} writes, with those behind the last row. */
  int sumsLength() {
    return height * width;
  }

  /** Computes {@code sums = rows · panel}, row after row. */
  void multiply(PackedMatrix w, int panel, float[] sums) {
    if (integers == null) {
      multiply(w, panel, 0, w.depth(), rows, sums);
      return;
    }
    int count = integers.count() * width;
    int[] totals = workspace.totals.atLeast(count);
    Arrays.fill(totals, 0, count, 0);
    for (int k = 0; k < w.depth(); k += EXACT_STEPS) {
      int end = Math.min(w.depth(), k + EXACT_STEPS);
      multiply(w, panel, k, end, integers.count(), sums);
      for (int i = 0; i < count; i++) {
        totals[i] += (int) sums[i];
      }
    }
    integers.scale(totals, (Int8Panels) w, panel, sums);
  }

  /** The same in float32, of a part of the depth and the first {@code count} rows. */
  private void multiply(PackedMatrix w, int panel, int begin, int end, int count, float[] sums) {
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

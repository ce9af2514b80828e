package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;
import static io.github.modernbert.kernels.Matrix.FLOAT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Rows times one weight matrix. The rows are copied once into blocks of {@link Kernels#DEPTH_BLOCK}
 * columns; then, panel by panel and block by block, a block of the panel stays in the first-level
 * cache while all rows pass it, and the rows stay in the second-level cache.
 */
final class ProductLoop {
  /** Floats of rows that stay in a second-level cache of two megabytes, beside panels. */
  private static final int CACHED_FLOATS = 264 << 10;

  /** Bytes of a cache line, or a part of one. */
  private static final int LINE = 64;

  /** A multiple of the tile heights, so that no tile is left with few rows before the end. */
  private static final int ROWS_STEP = 24;

  /** The neutral element of addition: −0 + x is x, also for x = −0. */
  static final float NOTHING = -0f;

  private final BlockKernels kernels;
  private final PackedMatrix w;
  private final boolean add;
  private final Scratch scratch;

  ProductLoop(BlockKernels kernels, PackedMatrix w, boolean add, Scratch scratch) {
    this.kernels = kernels;
    this.w = w;
    this.add = add;
    this.scratch = scratch;
  }

  void run(Matrix x, Matrix y) {
    int rows = Math.max(1, CACHED_FLOATS / w.depth() / ROWS_STEP) * ROWS_STEP;
    for (int from = 0; from < x.rows(); from += rows) {
      int to = Math.min(x.rows(), from + rows);
      multiply(x.slice(from, to), y.slice(from, to));
    }
  }

  private void multiply(Matrix x, Matrix y) {
    // One more, because the last tile may be one higher than the rows that are left.
    int height = x.rows() + 1;
    float[] a = pack(x, height);
    float[] sums = scratch.sums(height * w.panelWidth());
    for (int panel = 0, column = 0; column < w.rows(); panel++, column += w.panelWidth()) {
      Arrays.fill(sums, 0, height * w.panelWidth(), NOTHING);
      multiplyPanel(a, x.rows(), w.panelOffset(panel), sums);
      finish(sums, y, column);
    }
  }

  /** The rows as blocks of columns, one after the other, each row by row. */
  private float[] pack(Matrix x, int height) {
    float[] a = scratch.rows(height * Math.ceilDiv(w.depth(), DEPTH_BLOCK) * DEPTH_BLOCK);
    for (int k = 0; k < w.depth(); k += DEPTH_BLOCK) {
      int count = Math.min(DEPTH_BLOCK, w.depth() - k);
      for (int r = 0; r < x.rows(); r++) {
        int to = k * height + r * DEPTH_BLOCK;
        MemorySegment.copy(x.segment(), FLOAT, x.offset(r, k), a, to, count);
      }
    }
    return a;
  }

  private void multiplyPanel(float[] a, int rows, long panel, float[] sums) {
    int width = w.panelWidth();
    for (int k = 0; k < w.depth(); k += DEPTH_BLOCK) {
      int depth = Math.min(DEPTH_BLOCK, w.depth() - k);
      long b = panel + (long) k * width * Float.BYTES;
      for (int row = 0, height; row < rows; row += height) {
        height = kernels.tileRows(rows - row);
        int from = k * (rows + 1) + row * DEPTH_BLOCK;
        kernels.tile(height, a, from, w.panels(), b, depth, sums, row * width, width);
        if (row == 0 && height < rows) {
          touch(b + (long) depth * width * Float.BYTES, (long) DEPTH_BLOCK * width * Float.BYTES);
        }
      }
    }
  }

  /**
   * Reads a word of each cache line of the next block while this one is used, which Java has no
   * instruction for: products wait for memory 3 % less of the time.
   */
  private void touch(long from, long bytes) {
    long end = Math.min(from + bytes, w.panels().byteSize());
    int words = 0;
    for (long at = from; at < end; at += LINE) {
      words += w.panels().get(ValueLayout.JAVA_INT, at);
    }
    scratch.keep(words);
  }

  private void finish(float[] sums, Matrix y, int column) {
    Matrix bias = w.bias();
    MemorySegment offsets = bias == null ? MemorySegment.NULL : bias.segment();
    int count = Math.min(w.panelWidth(), w.rows() - column);
    for (int r = 0; r < y.rows(); r++) {
      kernels.finishRow(
          sums,
          r * w.panelWidth(),
          offsets,
          (long) column * Float.BYTES,
          bias != null,
          y.segment(),
          y.offset(r, column),
          add,
          count);
    }
  }
}

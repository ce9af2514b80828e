package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Rows times weight matrices. The rows are copied once into blocks of {@link Kernels#DEPTH_BLOCK}
 * columns; then, panel by panel and some blocks at a time, a part of the panel stays in the
 * first-level cache while all rows pass it, and the rows stay in the second-level cache.
 */
final class ProductLoop {
  /** Depth of a panel that stays in a first-level cache of 48 KB, beside the rows of a tile. */
  private static final int DEPTH_STEP = 3 * DEPTH_BLOCK;

  /** Bytes of a cache line, or a part of one. */
  private static final int LINE = 64;

  /** A multiple of the tile heights, so that no tile is left with few rows before the end. */
  private static final int ROWS_STEP = 24;

  /** The neutral element of addition: −0 + x is x, also for x = −0. */
  static final float NOTHING = -0f;

  private final TiledKernels kernels;
  private final Scratch scratch;

  ProductLoop(TiledKernels kernels, Scratch scratch) {
    this.kernels = kernels;
    this.scratch = scratch;
  }

  /** y = x · Wᵀ + b, or that added to y. */
  void multiply(Matrix x, PackedMatrix w, Matrix y, boolean add) {
    int step = BlockKernels.cachedRows(w.depth(), ROWS_STEP);
    for (int from = 0; from < x.rows(); from += step) {
      int to = Math.min(x.rows(), from + step);
      Matrix some = y.slice(from, to);
      float[] a = pack(x.slice(from, to));
      float[] sums = scratch.sums(height(to - from) * w.panelWidth());
      for (int panel = 0; panel < w.panelCount(); panel++) {
        multiplyPanel(a, to - from, w, panel, sums);
        finish(sums, w, panel, some, add);
      }
    }
  }

  /** y = activation(x · Uᵀ + b) ⊙ (x · Gᵀ + c): of both products never more than a panel exists. */
  void multiplyGate(Matrix x, PackedMatrix u, PackedMatrix g, Activation activation, Matrix y) {
    int step = BlockKernels.cachedRows(u.depth(), ROWS_STEP);
    for (int from = 0; from < x.rows(); from += step) {
      int to = Math.min(x.rows(), from + step);
      Matrix some = y.slice(from, to);
      float[] a = pack(x.slice(from, to));
      int rows = to - from;
      int length = height(rows) * u.panelWidth();
      float[] sums = scratch.sums(length);
      float[] gates = scratch.gates(length);
      for (int panel = 0; panel < u.panelCount(); panel++) {
        multiplyPanel(a, rows, u, panel, sums);
        addBias(sums, rows, u, panel);
        kernels.activate(activation, sums, rows * u.panelWidth(), scratch.between(length));
        multiplyPanel(a, rows, g, panel, gates);
        addBias(gates, rows, g, panel);
        kernels.multiplyRows(sums, gates, u, panel, some);
      }
    }
  }

  /** One more, because the last tile may be one higher than the rows that are left. */
  private static int height(int rows) {
    return rows + 1;
  }

  /** The rows as blocks of columns, one after the other, each row by row. */
  private float[] pack(Matrix x) {
    int height = height(x.rows());
    float[] a = scratch.rows(height * Math.ceilDiv(x.columns(), DEPTH_BLOCK) * DEPTH_BLOCK);
    for (int k = 0; k < x.columns(); k += DEPTH_BLOCK) {
      x.readBlock(0, x.rows(), k, Math.min(DEPTH_BLOCK, x.columns() - k), a, k * height);
    }
    return a;
  }

  private void multiplyPanel(float[] a, int rows, PackedMatrix w, int panel, float[] sums) {
    int width = w.panelWidth();
    int block = height(rows) * DEPTH_BLOCK;
    Arrays.fill(sums, 0, height(rows) * width, NOTHING);
    for (int k = 0; k < w.depth(); k += DEPTH_STEP) {
      int depth = Math.min(DEPTH_STEP, w.depth() - k);
      long b = w.panelOffset(panel) + (long) k * width * Float.BYTES;
      for (int row = 0, height; row < rows; row += height) {
        height = kernels.tileRows(rows - row);
        int from = k / DEPTH_BLOCK * block + row * DEPTH_BLOCK;
        int to = row * width;
        kernels.tile(height, a, from, block, w.panels(), b, depth, sums, to, width);
        if (row == 0 && height < rows) {
          touch(
              w.panels(),
              b + (long) depth * width * Float.BYTES,
              (long) DEPTH_STEP * width * Float.BYTES);
        }
      }
    }
  }

  /**
   * Reads a word of each cache line of the next part of a panel while this one is used, which Java
   * has no instruction for: products wait for memory 3 % less of the time.
   */
  private void touch(MemorySegment panels, long from, long bytes) {
    long end = Math.min(from + bytes, panels.byteSize());
    int words = 0;
    for (long at = from; at < end; at += LINE) {
      words += panels.get(ValueLayout.JAVA_INT, at);
    }
    scratch.keep(words);
  }

  private void finish(float[] sums, PackedMatrix w, int panel, Matrix y, boolean add) {
    int column = panel * w.panelWidth();
    Matrix bias = w.bias();
    MemorySegment offsets = bias == null ? MemorySegment.NULL : bias.segment();
    int count = Math.min(w.panelWidth(), w.rows() - column);
    long to = y.offset(0, column);
    for (int r = 0; r < y.rows(); r++) {
      kernels.finishRow(
          sums,
          r * w.panelWidth(),
          offsets,
          (long) column * Float.BYTES,
          bias != null,
          y.segment(),
          to + (long) r * y.stride() * Float.BYTES,
          add,
          count);
    }
  }

  private static void addBias(float[] sums, int rows, PackedMatrix w, int panel) {
    Matrix bias = w.bias();
    if (bias == null) {
      return;
    }
    int width = w.panelWidth();
    for (int n = 0; n < width && panel * width + n < w.rows(); n++) {
      float offset = bias.get(0, panel * width + n);
      for (int r = 0; r < rows; r++) {
        sums[r * width + n] += offset;
      }
    }
  }
}

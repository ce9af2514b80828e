package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Rows of activations as integers, and the scaling of sums of their products: all of {@link
 * Quantization} for rows but the products, which are left to callers. Behind the rows lie the
 * residual rows of those that have one.
 */
public final class QuantizedRows {
  /** Memory of one thread. */
  public static final class Workspace {
    private final Scratch.Floats rows = new Scratch.Floats();
    private final Scratch.Floats scales = new Scratch.Floats();
    private final Scratch.Floats featureScales = new Scratch.Floats();
    private final Scratch.Ints residualRows = new Scratch.Ints();
    private final Scratch.Ints totals = new Scratch.Ints();
    private final Scratch.Ints residualTotals = new Scratch.Ints();
    private final Scratch.Floats scaled = new Scratch.Floats();

    /** Nothing is allocated yet. */
    public Workspace() {}
  }

  private final Workspace workspace;
  private final float[] a;
  private final int height;
  private final int rows;
  private final int depth;
  private final int all;
  private final float[] scales;
  private final int[] residualRows;

  /**
   * @param a the rows, as {@link RowQuantizer} takes them
   * @param height rows from one block of columns to the next
   */
  QuantizedRows(float[] a, int height, int rows, int depth, RowLoops loops, Workspace workspace) {
    this.workspace = workspace;
    this.a = a;
    this.height = height;
    this.rows = rows;
    this.depth = depth;
    scales = workspace.scales.atLeast(2 * rows);
    residualRows = workspace.residualRows.atLeast(rows);
    int blockFloats = height * DEPTH_BLOCK;
    all = new RowQuantizer(a, blockFloats, depth, scales, residualRows, loops).quantize(rows);
  }

  /** Copies the rows and makes integers of them. */
  public static QuantizedRows of(Matrix x, Workspace workspace) {
    return of(x, 2 * x.rows(), new PortableRowLoops(), workspace);
  }

  /** Copies the rows and makes integers of them, so many rows from one block to the next. */
  static QuantizedRows of(Matrix x, int height, RowLoops loops, Workspace workspace) {
    float[] a = x.copyBlocks(height, workspace.rows);
    return new QuantizedRows(a, height, x.rows(), x.columns(), loops, workspace);
  }

  /** The integers as floats, residual rows included, in blocks of columns. */
  float[] integers() {
    return a;
  }

  /** Columns of a row. */
  int depth() {
    return depth;
  }

  /** What the integers of a row or of a residual row are multiplied with. */
  float scale(int row) {
    return scales[row];
  }

  /** The number of a row's residual row, or −1. */
  int residualRow(int row) {
    return residualRows[row];
  }

  /** Number of rows, residual rows included. */
  public int count() {
    return all;
  }

  /** Bytes that {@link #copyTo} writes. */
  public long byteSize() {
    return (long) blocks() * all * DEPTH_BLOCK;
  }

  private int blocks() {
    return Math.ceilDiv(depth, DEPTH_BLOCK);
  }

  /**
   * Writes the integers as bytes, in blocks of {@link Kernels#DEPTH_BLOCK} columns, in each the
   * rows one after the other. Bytes of the last block behind the columns are undefined.
   */
  public void copyTo(MemorySegment bytes) {
    for (int block = 0; block < blocks(); block++) {
      int from = block * height * DEPTH_BLOCK;
      long to = (long) block * all * DEPTH_BLOCK;
      for (int i = 0; i < all * DEPTH_BLOCK; i++) {
        bytes.set(ValueLayout.JAVA_BYTE, to + i, (byte) a[from + i]);
      }
    }
  }

  /**
   * Scales the sums of a panel; those of residual rows are added. The bias is not.
   *
   * @param totals sums of products of all rows with the panel, row after row
   * @param sums receives the results, row after row
   */
  public void scale(int[] totals, Int8Panels w, int panel, float[] sums) {
    int width = w.panelWidth();
    float[] featureScales = workspace.featureScales.atLeast(width);
    w.scales().read(0, panel * width, featureScales, 0, width);
    // Rows are copied, since C2 vectorises loops over arrays at the same index only.
    int[] row = workspace.totals.atLeast(width);
    int[] residualRow = workspace.residualTotals.atLeast(width);
    float[] scaled = workspace.scaled.atLeast(width);
    for (int r = 0; r < rows; r++) {
      System.arraycopy(totals, r * width, row, 0, width);
      if (residualRows[r] < 0) {
        scale(row, scales[r], featureScales, scaled, width);
      } else {
        System.arraycopy(totals, residualRows[r] * width, residualRow, 0, width);
        float residualScale = scales[residualRows[r]];
        scaleBoth(row, scales[r], residualRow, residualScale, featureScales, scaled, width);
      }
      System.arraycopy(scaled, 0, sums, r * width, width);
    }
  }

  private static void scale(
      int[] totals, float scale, float[] featureScales, float[] sums, int width) {
    for (int n = 0; n < width; n++) {
      sums[n] = (float) totals[n] * scale * featureScales[n];
    }
  }

  private static void scaleBoth(
      int[] totals,
      float scale,
      int[] residualTotals,
      float residualScale,
      float[] featureScales,
      float[] sums,
      int width) {
    for (int n = 0; n < width; n++) {
      float sum = (float) totals[n] * scale + (float) residualTotals[n] * residualScale;
      sums[n] = sum * featureScales[n];
    }
  }
}

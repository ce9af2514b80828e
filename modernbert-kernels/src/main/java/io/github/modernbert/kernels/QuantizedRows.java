package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Rows of activations as integers, in memory of a {@link Scratch}, and what becomes of sums of
 * their products: all of {@link Quantization} for rows but the products, which are left to callers.
 * Behind the rows lie the second ones of those that have one.
 */
public final class QuantizedRows {
  private final Scratch scratch;
  private final float[] a;
  private final int height;
  private final int rows;
  private final int depth;
  private final int all;
  private final float[] scales;
  private final int[] fine;

  /**
   * @param a the rows, as {@link RowQuantizer} takes them
   * @param height rows from one block of columns to the next
   */
  QuantizedRows(float[] a, int height, int rows, int depth, Scratch scratch) {
    this.scratch = scratch;
    this.a = a;
    this.height = height;
    this.rows = rows;
    this.depth = depth;
    scales = scratch.scales(2 * rows);
    fine = scratch.fine(rows);
    all = new RowQuantizer(a, height * DEPTH_BLOCK, depth, scales, fine).quantize(rows);
  }

  /** Copies the rows and makes integers of them. */
  public static QuantizedRows of(Matrix x, Scratch scratch) {
    int height = 2 * x.rows();
    float[] a = PanelLoop.copy(x, height, scratch);
    return new QuantizedRows(a, height, x.rows(), x.columns(), scratch);
  }

  /** How many rows, the second ones included. */
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
   * rows one after the other. What the last block holds behind the columns is undefined.
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
   * Results of a panel, without bias: those of second rows are added.
   *
   * @param totals sums of products of all rows with the panel, row after row
   * @param sums receives the results, row after row
   */
  public void scale(int[] totals, Int8Panels w, int panel, float[] sums) {
    int width = w.panelWidth();
    float[] featureScales = scratch.featureScales(width);
    w.scales().read(0, panel * width, featureScales, 0, width);
    for (int r = 0; r < rows; r++) {
      if (fine[r] < 0) {
        scale(r, totals, width, featureScales, sums);
      } else {
        scaleBoth(r, fine[r], totals, width, featureScales, sums);
      }
    }
  }

  private void scale(int row, int[] totals, int width, float[] featureScales, float[] sums) {
    float scale = scales[row];
    int at = row * width;
    for (int n = 0; n < width; n++) {
      sums[at + n] = (float) totals[at + n] * scale * featureScales[n];
    }
  }

  private void scaleBoth(
      int row, int fineRow, int[] totals, int width, float[] featureScales, float[] sums) {
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

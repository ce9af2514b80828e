package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;
import static io.github.modernbert.kernels.Matrix.FLOAT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Tiles as loops that C2 vectorises: over whole arrays, all read and written at the same index. It
 * leaves loops scalar where an array is read at one offset and written at another. So rows of
 * panels, and sums of a row, are copied into arrays of their own, whatever that costs. The first
 * and the last iterations of a loop are scalar, so it goes over as many columns as it can: panels
 * of weights are wide, and narrow ones of keys and values are put side by side.
 *
 * <p>Needs a processor with fused multiply-add to be of use: without it {@link Math#fma} is
 * emulated.
 *
 * @param panelWidth columns of a panel
 * @param scratch memory of the thread that calls, or null for new memory with each call
 */
record PortableMicroKernel(int panelWidth, @Nullable Scratch scratch) implements MicroKernel {
  /** Columns of the widest panels of weights. */
  static final int WEIGHT_PANEL_WIDTH = 1024;

  /** Widths of panels of weights are multiples of it, as {@link Matrix#panel} asks for. */
  private static final int WIDTH_STEP = 64;

  /** Sums that stay in a second-level cache, of rows that share the copy of a panel. */
  private static final int MAX_SUMS = 1 << 16;

  /** Links of a chain of multiply-adds in an iteration of the innermost loop. */
  private static final int STEPS = 4;

  /**
   * The loop over two rows, in a field that is not final, so that C2 cannot inline it. Inlined into
   * the loops around it, it stays scalar in most runs, and a model takes twice the time.
   */
  private static MethodHandle addTwoRows;

  static {
    try {
      addTwoRows =
          MethodHandles.lookup()
              .findStatic(
                  PortableMicroKernel.class,
                  "addTwoRows",
                  MethodType.methodType(
                      void.class,
                      float[].class,
                      int.class,
                      int.class,
                      float[][].class,
                      float[].class,
                      float[].class,
                      int.class));
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  PortableMicroKernel(int panelWidth) {
    this(panelWidth, null);
  }

  /** Arrays of one thread, each at least as long as the rows that were asked for last. */
  private static final class Rows {
    private final float[][] panel = new float[STEPS][];
    private float[][] sums = {};
    private float[][] totals = {};

    void reserve(int rows, int width) {
      sums = reserve(sums, rows, width);
      totals = reserve(totals, rows, width);
      reserve(panel, STEPS, width);
    }

    private static float[][] reserve(float[][] arrays, int rows, int width) {
      float[][] enough = rows <= arrays.length ? arrays : Arrays.copyOf(arrays, rows);
      for (int row = 0; row < rows; row++) {
        if (enough[row] == null || enough[row].length < width) {
          enough[row] = new float[width];
        }
      }
      return enough;
    }
  }

  /** Cuts features into panels of equal width, which leaves little of the last one empty. */
  @Override
  public int panelWidth(int features) {
    int fewest = Math.ceilDiv(features, panelWidth);
    int best = panelWidth;
    int padded = Integer.MAX_VALUE;
    for (int count = fewest; count < 2 * fewest && padded > features; count++) {
      int width = Math.ceilDiv(features, count * WIDTH_STEP) * WIDTH_STEP;
      if (Math.ceilDiv(features, width) * width < padded) {
        best = width;
        padded = Math.ceilDiv(features, width) * width;
      }
    }
    return best;
  }

  @Override
  public MicroKernel withPanels(int width) {
    return new PortableMicroKernel(width, scratch);
  }

  @Override
  public MicroKernel using(Scratch memory) {
    return new PortableMicroKernel(panelWidth, memory);
  }

  @Override
  public int panelsAtOnce(int left) {
    return Math.min(left, Math.max(1, WEIGHT_PANEL_WIDTH / panelWidth));
  }

  @Override
  public int tileRows(int left) {
    return Math.min(left, Math.max(2, MAX_SUMS / panelWidth / 2 * 2));
  }

  @Override
  public void multiply(
      int rows,
      float[] a,
      int aOffset,
      int aBlock,
      MemorySegment b,
      long bOffset,
      int depth,
      float[] c,
      int cOffset,
      int cStride) {
    multiplyPanels(1, rows, a, aOffset, aBlock, b, bOffset, 0, depth, c, cOffset, cStride);
  }

  @Override
  public void multiplyPanels(
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
    int width = panels * panelWidth;
    Rows arrays = scratch == null ? new Rows() : scratch.workspace(Rows.class, Rows::new);
    arrays.reserve(rows, width);
    for (int row = 0; row < rows; row++) {
      System.arraycopy(c, cOffset + row * cStride, arrays.totals[row], 0, width);
    }
    for (int k = 0; k < depth; k += DEPTH_BLOCK) {
      int count = Math.min(DEPTH_BLOCK, depth - k);
      for (int row = 0; row < rows; row++) {
        Arrays.fill(arrays.sums[row], 0, width, 0f);
      }
      for (int i = 0; i < count; i += STEPS) {
        int steps = Math.min(STEPS, count - i);
        copyRows(panels, b, bOffset, bStride, k + i, steps, arrays.panel);
        addSteps(a, aOffset + k / DEPTH_BLOCK * aBlock + i, steps, arrays, rows, width);
      }
      for (int row = 0; row < rows; row++) {
        add(arrays.sums[row], arrays.totals[row], width);
      }
    }
    for (int row = 0; row < rows; row++) {
      System.arraycopy(arrays.totals[row], 0, c, cOffset + row * cStride, width);
    }
  }

  /** Copies some rows of panels, those of all panels side by side. */
  private void copyRows(
      int panels, MemorySegment b, long bOffset, long bStride, int k, int steps, float[][] to) {
    long rowBytes = (long) panelWidth * Float.BYTES;
    for (int i = 0; i < steps; i++) {
      long from = bOffset + (k + i) * rowBytes;
      for (int p = 0; p < panels; p++) {
        MemorySegment.copy(b, FLOAT, from + p * bStride, to[i], p * panelWidth, panelWidth);
      }
    }
  }

  /** Adds the products over some steps of the depth to sums, two rows after the other. */
  private static void addSteps(
      float[] a, int aOffset, int steps, Rows arrays, int rows, int width) {
    float[][] panel = arrays.panel;
    float[][] sums = arrays.sums;
    if (steps < STEPS) {
      for (int i = 0; i < steps; i++) {
        for (int row = 0; row < rows; row++) {
          addProduct(a[aOffset + row * DEPTH_BLOCK + i], panel[i], sums[row], width);
        }
      }
      return;
    }
    int row = 0;
    for (; row + 2 <= rows; row += 2) {
      int at = aOffset + row * DEPTH_BLOCK;
      callAddTwoRows(a, at, at + DEPTH_BLOCK, panel, sums[row], sums[row + 1], width);
    }
    if (row < rows) {
      addProducts(a, aOffset + row * DEPTH_BLOCK, panel, sums[row], width);
    }
  }

  private static void callAddTwoRows(
      float[] a,
      int aOffset,
      int otherOffset,
      float[][] panel,
      float[] sums,
      float[] otherSums,
      int width) {
    try {
      addTwoRows.invokeExact(a, aOffset, otherOffset, panel, sums, otherSums, width);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Four links of the chains of two rows: eight factors stay in registers, also if there are 16.
   */
  private static void addTwoRows(
      float[] a,
      int aOffset,
      int otherOffset,
      float[][] panel,
      float[] sums,
      float[] otherSums,
      int width) {
    float x0 = a[aOffset];
    float x1 = a[aOffset + 1];
    float x2 = a[aOffset + 2];
    float x3 = a[aOffset + 3];
    float y0 = a[otherOffset];
    float y1 = a[otherOffset + 1];
    float y2 = a[otherOffset + 2];
    float y3 = a[otherOffset + 3];
    float[] b0 = panel[0];
    float[] b1 = panel[1];
    float[] b2 = panel[2];
    float[] b3 = panel[3];
    for (int n = 0; n < width; n++) {
      // Loaded once: after a store C2 would load them again, since the arrays might be the same.
      float w0 = b0[n];
      float w1 = b1[n];
      float w2 = b2[n];
      float w3 = b3[n];
      float sum = Math.fma(x1, w1, Math.fma(x0, w0, sums[n]));
      float otherSum = Math.fma(y1, w1, Math.fma(y0, w0, otherSums[n]));
      sums[n] = Math.fma(x3, w3, Math.fma(x2, w2, sum));
      otherSums[n] = Math.fma(y3, w3, Math.fma(y2, w2, otherSum));
    }
  }

  private static void addProducts(
      float[] a, int aOffset, float[][] panel, float[] sums, int width) {
    float x0 = a[aOffset];
    float x1 = a[aOffset + 1];
    float x2 = a[aOffset + 2];
    float x3 = a[aOffset + 3];
    float[] b0 = panel[0];
    float[] b1 = panel[1];
    float[] b2 = panel[2];
    float[] b3 = panel[3];
    for (int n = 0; n < width; n++) {
      float sum = Math.fma(x1, b1[n], Math.fma(x0, b0[n], sums[n]));
      sums[n] = Math.fma(x3, b3[n], Math.fma(x2, b2[n], sum));
    }
  }

  private static void addProduct(float x, float[] b, float[] sums, int width) {
    for (int n = 0; n < width; n++) {
      sums[n] = Math.fma(x, b[n], sums[n]);
    }
  }

  private static void add(float[] x, float[] y, int width) {
    for (int n = 0; n < width; n++) {
      y[n] += x[n];
    }
  }

  @Override
  public void widen(PackedMatrix w, int panel, int k, int depth, MemorySegment target) {
    switch (w) {
      case FloatPanels f -> throw new IllegalArgumentException("float32 need not be widened");
      case BFloat16Panels b -> widen(b, b.panelOffset(panel), k, depth, target);
      case Int8Panels q -> widen(q, q.panelOffset(panel), k, depth, target);
    }
  }

  private void widen(BFloat16Panels w, long panel, int k, int depth, MemorySegment target) {
    int half = panelWidth / 2;
    var pairs = new int[half];
    var low = new int[half];
    var high = new int[half];
    for (int i = 0; i < depth; i++) {
      long from = panel + (long) (k + i) * half * Integer.BYTES;
      MemorySegment.copy(w.panels(), ValueLayout.JAVA_INT, from, pairs, 0, half);
      for (int n = 0; n < pairs.length; n++) {
        low[n] = pairs[n] << Short.SIZE;
        high[n] = pairs[n] & 0xFFFF0000;
      }
      long to = (long) i * panelWidth * Integer.BYTES;
      MemorySegment.copy(low, 0, target, ValueLayout.JAVA_INT, to, half);
      MemorySegment.copy(high, 0, target, ValueLayout.JAVA_INT, to + half * 4L, half);
    }
  }

  private void widen(Int8Panels w, long panel, int k, int depth, MemorySegment target) {
    var groups = new int[panelWidth];
    var widened = new float[panelWidth];
    for (int i = 0; i < depth; i += Int8Panels.GROUP) {
      long from = panel + (long) (k + i) * panelWidth;
      MemorySegment.copy(w.panels(), ValueLayout.JAVA_INT, from, groups, 0, panelWidth);
      for (int j = 0; j < Int8Panels.GROUP; j++) {
        widen(groups, j * Byte.SIZE, widened);
        long to = (long) (i + j) * panelWidth * Float.BYTES;
        MemorySegment.copy(widened, 0, target, FLOAT, to, panelWidth);
      }
    }
  }

  /** Makes floats of bytes that begin at the same bit of each integer. */
  private static void widen(int[] groups, int bit, float[] widened) {
    int above = Integer.SIZE - Byte.SIZE - bit;
    for (int n = 0; n < groups.length; n++) {
      widened[n] = groups[n] << above >> (Integer.SIZE - Byte.SIZE);
    }
  }
}

package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;
import static io.github.modernbert.kernels.Matrix.FLOAT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Tiles as loops that C2 vectorises: over whole arrays, all read and written at the same index. It
 * leaves loops scalar where an array is read at one offset and written at another. So rows of a
 * panel, and sums of a row, are copied into arrays of their own, whatever that costs.
 *
 * <p>Needs a processor with fused multiply-add to be of use: without it {@link Math#fma} is
 * emulated.
 *
 * @param panelWidth columns of a panel: the length of the loops, of which the first and the last
 *     iterations are scalar
 */
record PortableMicroKernel(int panelWidth) implements MicroKernel {
  /** Columns of panels of weights. Twice as many are 8 % faster, and more of them are padding. */
  static final int WEIGHT_PANEL_WIDTH = 128;

  /**
   * Rows that share the copy of a panel: a copy for each 48 rows takes a third of the time. Their
   * sums stay in a second-level cache.
   */
  private static final int MAX_ROWS = 192;

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
                      float[].class));
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public int tileRows(int left) {
    return Math.min(left, MAX_ROWS);
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
    var panel = new float[STEPS][panelWidth];
    var results = new float[panelWidth];
    for (int k = 0; k < depth; k += DEPTH_BLOCK) {
      int count = Math.min(DEPTH_BLOCK, depth - k);
      long from = bOffset + (long) k * panelWidth * Float.BYTES;
      var sums = new float[rows][panelWidth];
      addBlock(a, aOffset + k / DEPTH_BLOCK * aBlock, b, from, count, panel, sums);
      for (int row = 0; row < rows; row++) {
        int at = cOffset + row * cStride;
        System.arraycopy(c, at, results, 0, panelWidth);
        add(sums[row], results);
        System.arraycopy(results, 0, c, at, panelWidth);
      }
    }
  }

  /** Adds the products over one block of the depth to sums, a row after the other. */
  private void addBlock(
      float[] a,
      int aOffset,
      MemorySegment b,
      long bOffset,
      int depth,
      float[][] panel,
      float[][] sums) {
    long rowBytes = (long) panelWidth * Float.BYTES;
    int k = 0;
    for (; k + STEPS <= depth; k += STEPS) {
      for (int i = 0; i < STEPS; i++) {
        MemorySegment.copy(b, FLOAT, bOffset + (k + i) * rowBytes, panel[i], 0, panelWidth);
      }
      int row = 0;
      for (; row + 2 <= sums.length; row += 2) {
        int at = aOffset + row * DEPTH_BLOCK + k;
        callAddTwoRows(a, at, at + DEPTH_BLOCK, panel, sums[row], sums[row + 1]);
      }
      if (row < sums.length) {
        addProducts(a, aOffset + row * DEPTH_BLOCK + k, panel, sums[row]);
      }
    }
    for (; k < depth; k++) {
      MemorySegment.copy(b, FLOAT, bOffset + k * rowBytes, panel[0], 0, panelWidth);
      for (int row = 0; row < sums.length; row++) {
        addProduct(a[aOffset + row * DEPTH_BLOCK + k], panel[0], sums[row]);
      }
    }
  }

  private static void callAddTwoRows(
      float[] a, int aOffset, int otherOffset, float[][] panel, float[] sums, float[] otherSums) {
    try {
      addTwoRows.invokeExact(a, aOffset, otherOffset, panel, sums, otherSums);
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
      float[] a, int aOffset, int otherOffset, float[][] panel, float[] sums, float[] otherSums) {
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
    for (int n = 0; n < b0.length; n++) {
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

  private static void addProducts(float[] a, int aOffset, float[][] panel, float[] sums) {
    float x0 = a[aOffset];
    float x1 = a[aOffset + 1];
    float x2 = a[aOffset + 2];
    float x3 = a[aOffset + 3];
    float[] b0 = panel[0];
    float[] b1 = panel[1];
    float[] b2 = panel[2];
    float[] b3 = panel[3];
    for (int n = 0; n < b0.length; n++) {
      float sum = Math.fma(x1, b1[n], Math.fma(x0, b0[n], sums[n]));
      sums[n] = Math.fma(x3, b3[n], Math.fma(x2, b2[n], sum));
    }
  }

  private static void addProduct(float x, float[] b, float[] sums) {
    for (int n = 0; n < b.length; n++) {
      sums[n] = Math.fma(x, b[n], sums[n]);
    }
  }

  private static void add(float[] x, float[] y) {
    for (int n = 0; n < x.length; n++) {
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

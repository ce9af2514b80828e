package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;
import static io.github.modernbert.kernels.Kernels.QUERY_BLOCK;
import static io.github.modernbert.kernels.Matrix.FLOAT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Tiles as plain loops, written so that the just-in-time compiler can vectorise them. Needs a
 * processor with fused multiply-add to be of use: without it {@link Math#fma} is emulated.
 */
record PortableMicroKernel() implements MicroKernel {
  private static final int PANEL_WIDTH = 32;
  private static final long PANEL_BYTES = PANEL_WIDTH * Float.BYTES;
  private static final int MAX_ROWS = QUERY_BLOCK;

  @Override
  public int panelWidth() {
    return PANEL_WIDTH;
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
    for (int k = 0; k < depth; k += DEPTH_BLOCK) {
      int from = aOffset + k / DEPTH_BLOCK * aBlock;
      int count = Math.min(DEPTH_BLOCK, depth - k);
      addBlock(rows, a, from, b, bOffset + k * PANEL_BYTES, count, c, cOffset, cStride);
    }
  }

  private static void addBlock(
      int rows,
      float[] a,
      int aOffset,
      MemorySegment b,
      long bOffset,
      int depth,
      float[] c,
      int cOffset,
      int cStride) {
    var sums = new float[rows][PANEL_WIDTH];
    var panel = new float[4][PANEL_WIDTH];
    int k = 0;
    for (; k + 4 <= depth; k += 4) {
      for (int i = 0; i < 4; i++) {
        MemorySegment.copy(b, FLOAT, bOffset + (k + i) * PANEL_BYTES, panel[i], 0, PANEL_WIDTH);
      }
      for (int row = 0; row < rows; row++) {
        int at = aOffset + row * DEPTH_BLOCK + k;
        addProducts(a[at], a[at + 1], a[at + 2], a[at + 3], panel, sums[row]);
      }
    }
    for (; k < depth; k++) {
      MemorySegment.copy(b, FLOAT, bOffset + k * PANEL_BYTES, panel[0], 0, PANEL_WIDTH);
      for (int row = 0; row < rows; row++) {
        addProduct(a[aOffset + row * DEPTH_BLOCK + k], panel[0], sums[row]);
      }
    }
    for (int row = 0; row < rows; row++) {
      int at = cOffset + row * cStride;
      for (int n = 0; n < PANEL_WIDTH; n++) {
        c[at + n] += sums[row][n];
      }
    }
  }

  /** Four links of the chain at once. C2 vectorises this: whole arrays, all at the same index. */
  private static void addProducts(
      float x0, float x1, float x2, float x3, float[][] panel, float[] sums) {
    float[] b0 = panel[0];
    float[] b1 = panel[1];
    float[] b2 = panel[2];
    float[] b3 = panel[3];
    for (int n = 0; n < sums.length; n++) {
      float sum = Math.fma(x1, b1[n], Math.fma(x0, b0[n], sums[n]));
      sums[n] = Math.fma(x3, b3[n], Math.fma(x2, b2[n], sum));
    }
  }

  private static void addProduct(float x, float[] b, float[] sums) {
    for (int n = 0; n < sums.length; n++) {
      sums[n] = Math.fma(x, b[n], sums[n]);
    }
  }

  @Override
  public void widen(PackedMatrix w, int panel, int k, int depth, MemorySegment target) {
    MemorySegment panels = w.panels();
    switch (w) {
      case FloatPanels f -> throw new IllegalArgumentException("float32 need not be widened");
      case BFloat16Panels b -> {
        int half = PANEL_WIDTH / 2;
        long from = w.panelOffset(panel) + (long) k * half * Integer.BYTES;
        for (int i = 0; i < depth * half; i++) {
          int pair = panels.get(ValueLayout.JAVA_INT, from + i * 4L);
          long at = (i / half * PANEL_WIDTH + i % half) * 4L;
          target.set(ValueLayout.JAVA_INT, at, pair << Short.SIZE);
          target.set(ValueLayout.JAVA_INT, at + half * 4L, pair & 0xFFFF0000);
        }
      }
      case Int8Panels q -> {
        long from = w.panelOffset(panel) + (long) k * PANEL_WIDTH;
        for (int i = 0; i < depth; i++) {
          long group = from + (long) (i / Int8Panels.GROUP) * PANEL_WIDTH * Int8Panels.GROUP;
          for (int n = 0; n < PANEL_WIDTH; n++) {
            long at = group + (long) n * Int8Panels.GROUP + i % Int8Panels.GROUP;
            byte value = panels.get(ValueLayout.JAVA_BYTE, at);
            target.set(FLOAT, (i * PANEL_WIDTH + n) * 4L, value);
          }
        }
      }
    }
  }
}

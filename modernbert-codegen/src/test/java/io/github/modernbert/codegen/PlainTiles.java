package io.github.modernbert.codegen;

import io.github.modernbert.kernels.Int8Panels;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.MicroKernel;
import io.github.modernbert.kernels.PackedMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Tiles of one row, in plain loops. */
record PlainTiles(int panelWidth) implements MicroKernel {
  @Override
  public int tileRows(int left) {
    return 1;
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
    for (int n = 0; n < panelWidth; n++) {
      for (int block = 0; block < depth; block += Kernels.DEPTH_BLOCK) {
        int from = aOffset + block / Kernels.DEPTH_BLOCK * aBlock - block;
        float sum = 0;
        for (int k = block; k < Math.min(depth, block + Kernels.DEPTH_BLOCK); k++) {
          long at = bOffset + ((long) k * panelWidth + n) * Float.BYTES;
          sum = Math.fma(a[from + k], b.get(ValueLayout.JAVA_FLOAT, at), sum);
        }
        c[cOffset + n] += sum;
      }
    }
  }

  /** Integers only. */
  @Override
  public void widen(PackedMatrix w, int panel, int k, int depth, MemorySegment target) {
    int group = Int8Panels.GROUP;
    for (int i = 0; i < depth; i++) {
      for (int n = 0; n < panelWidth; n++) {
        long row = (long) (k + i) / group * group * panelWidth;
        long at = w.panelOffset(panel) + row + (long) n * group + (k + i) % group;
        float value = w.panels().get(ValueLayout.JAVA_BYTE, at);
        target.setAtIndex(ValueLayout.JAVA_FLOAT, (long) i * panelWidth + n, value);
      }
    }
  }
}

package io.github.modernbert.vector;

import static io.github.modernbert.vector.Species.LANES;

import io.github.modernbert.kernels.MicroKernel;
import io.github.modernbert.kernels.PackedMatrix;
import java.lang.foreign.MemorySegment;

/** The tiles of {@link FmaTiles}. */
record VectorMicroKernel() implements MicroKernel {
  /**
   * Heights of tiles. With 32 registers, as AVX-512 and NEON have them, 12 × 2 can be sums beside
   * two vectors of the panel and what the compiler needs: it spills with 14. With 16, 4 × 2: with 5
   * and 6 it spills as well and takes 1.5 and 1.2 times as long.
   */
  private static final int[] TILE_ROWS =
      LANES == 16 || System.getProperty("os.arch").equals("aarch64")
          ? new int[] {12, 8, 4, 2, 1}
          : new int[] {4, 2, 1};

  @Override
  public int panelWidth() {
    return FmaTiles.VECTORS * LANES;
  }

  @Override
  public int tileRows(int left) {
    for (int rows : TILE_ROWS) {
      if (left >= rows - 1 && left > 1) {
        return rows;
      }
    }
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
    FmaTiles.multiply(rows, a, aOffset, aBlock, b, bOffset, depth, c, cOffset, cStride);
  }

  @Override
  public void widen(PackedMatrix w, int panel, int k, int depth, MemorySegment target) {
    PanelWidening.widen(w, panel, k, depth, target);
  }
}

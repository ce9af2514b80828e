package io.github.modernbert.kernels;

import java.lang.foreign.MemorySegment;

/**
 * Leaves the innermost loops over rows to other kernels; tiles of products are left to subclasses.
 */
public abstract class DelegatingKernels extends BlockKernels {
  private final BlockKernels others;

  /**
   * @param others what works on rows
   */
  protected DelegatingKernels(BlockKernels others) {
    this.others = others;
  }

  @Override
  protected void finishRow(
      float[] c,
      int cOffset,
      MemorySegment bias,
      long biasOffset,
      boolean hasBias,
      MemorySegment y,
      long yOffset,
      boolean add,
      int count) {
    others.finishRow(c, cOffset, bias, biasOffset, hasBias, y, yOffset, add, count);
  }

  @Override
  protected void normRow(
      MemorySegment x, long xOffset, LayerNorm norm, MemorySegment y, long yOffset, int count) {
    others.normRow(x, xOffset, norm, y, yOffset, count);
  }

  @Override
  protected void activateRow(
      Activation activation,
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset,
      int count,
      float[] t) {
    others.activateRow(activation, x, xOffset, y, yOffset, count, t);
  }

  @Override
  protected void multiplyRow(
      MemorySegment y, long yOffset, MemorySegment g, long gOffset, int count) {
    others.multiplyRow(y, yOffset, g, gOffset, count);
  }

  @Override
  protected void rotateRow(
      MemorySegment x,
      long xOffset,
      Rotary rotary,
      long tableOffset,
      int half,
      float scale,
      float[] y) {
    others.rotateRow(x, xOffset, rotary, tableOffset, half, scale, y);
  }

  @Override
  protected float maxRow(float[] s, int offset, int count) {
    return others.maxRow(s, offset, count);
  }

  @Override
  protected void expRow(
      float[] s,
      int sOffset,
      int from,
      int to,
      float max,
      float[] p,
      int pOffset,
      int blockStride,
      float[] lanes,
      int lanesOffset) {
    others.expRow(s, sOffset, from, to, max, p, pOffset, blockStride, lanes, lanesOffset);
  }

  @Override
  protected void rescaleRow(
      float[] sums, int sumsOffset, float scale, float[] x, int xOffset, int count) {
    others.rescaleRow(sums, sumsOffset, scale, x, xOffset, count);
  }

  @Override
  protected void divideRow(
      float[] x, int xOffset, float divisor, MemorySegment y, long yOffset, int count) {
    others.divideRow(x, xOffset, divisor, y, yOffset, count);
  }
}

package io.github.modernbert.kernels;

import java.lang.foreign.MemorySegment;

/** Leaves the innermost loops over rows to other kernels; products are left to subclasses. */
public abstract class DelegatingKernels extends BlockKernels {
  /** What works on rows. */
  protected final BlockKernels others;

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
  protected void sumRow(MemorySegment x, long xOffset, int count, float[] lanes) {
    others.sumRow(x, xOffset, count, lanes);
  }

  @Override
  protected void squaresRow(MemorySegment x, long xOffset, float mean, int count, float[] lanes) {
    others.squaresRow(x, xOffset, mean, count, lanes);
  }

  @Override
  protected void normRow(
      MemorySegment x,
      long xOffset,
      float mean,
      float inverse,
      LayerNorm norm,
      int column,
      MemorySegment y,
      long yOffset,
      int count) {
    others.normRow(x, xOffset, mean, inverse, norm, column, y, yOffset, count);
  }

  @Override
  protected void activate(Activation activation, float[] x, int count, float[] t) {
    others.activate(activation, x, count, t);
  }

  @Override
  protected void multiplyRow(
      float[] a, int aOffset, float[] b, int bOffset, MemorySegment y, long yOffset, int count) {
    others.multiplyRow(a, aOffset, b, bOffset, y, yOffset, count);
  }

  @Override
  protected void rotateRow(
      float[] x, Rotary rotary, long tableOffset, int half, float scale, float[] y) {
    others.rotateRow(x, rotary, tableOffset, half, scale, y);
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

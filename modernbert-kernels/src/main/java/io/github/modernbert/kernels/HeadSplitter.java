package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Matrix.FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * Splits packed rows of q, k and v by heads, turns q and k by their positions, and lays out keys
 * and values in panels. Head by head: the panel that keys go to stays in the first-level cache.
 */
final class HeadSplitter {
  private final BlockKernels kernels;
  private final Matrix qkv;
  private final int position;
  private final Rotary rotary;
  private final KeyValues target;
  private final int sequence;
  private final int width;
  private final int headDim;
  private final float[] turned;

  HeadSplitter(
      BlockKernels kernels,
      Matrix qkv,
      int position,
      Rotary rotary,
      KeyValues target,
      int sequence) {
    this.kernels = kernels;
    this.qkv = qkv;
    this.position = position;
    this.rotary = rotary;
    this.target = target;
    this.sequence = sequence;
    width = kernels.panelWidth();
    headDim = target.headDim();
    turned = new float[headDim];
  }

  void split(float scale, Matrix queries) {
    int hidden = target.heads() * headDim;
    for (int head = 0; head < target.heads(); head++) {
      int column = head * headDim;
      for (int row = 0; row < qkv.rows(); row++) {
        rotate(row, column, scale);
        MemorySegment.copy(
            turned, 0, queries.segment(), FLOAT, queries.offset(row, column), headDim);
        rotate(row, hidden + column, 1f);
        storeKey(head, position + row);
        storeValue(head, row, 2 * hidden + column);
      }
    }
  }

  private void rotate(int row, int column, float scale) {
    kernels.rotateRow(
        qkv.segment(),
        qkv.offset(row, column),
        rotary,
        rotary.cos().offset(position + row, 0),
        headDim / 2,
        scale,
        turned);
  }

  private void storeKey(int head, int key) {
    MemorySegment keys = target.keys();
    long at = target.keyOffset(sequence, head, key, width);
    for (int j = 0; j < headDim; j++) {
      keys.set(FLOAT, at + (long) j * width * Float.BYTES, turned[j]);
    }
  }

  private void storeValue(int head, int row, int column) {
    for (int j = 0; j < headDim; j += width) {
      MemorySegment.copy(
          qkv.segment(),
          qkv.offset(row, column + j),
          target.values(),
          target.valueOffset(sequence, head, position + row, j, width),
          (long) Math.min(width, headDim - j) * Float.BYTES);
    }
  }
}

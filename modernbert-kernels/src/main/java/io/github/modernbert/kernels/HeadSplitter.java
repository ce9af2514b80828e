package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Matrix.FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * Splits packed rows of q, k and v by heads, turns q and k by their positions, and lays out keys
 * and values in panels. Head by head: the panel that keys go to stays in the first-level cache.
 */
final class HeadSplitter {
  private final RowLoops loops;
  private final HeadSplit split;
  private final KeyValues.Sequence target;
  private final int width;
  private final int headDim;
  private final float[] head;
  private final float[] turned;

  HeadSplitter(RowLoops loops, HeadSplit split) {
    this.loops = loops;
    this.split = split;
    target = split.target();
    width = target.all().panelWidth();
    headDim = target.all().headDim();
    head = new float[headDim];
    turned = new float[headDim];
  }

  void run() {
    int hidden = target.all().heads() * headDim;
    for (int h = 0; h < target.all().heads(); h++) {
      int column = h * headDim;
      for (int row = 0; row < split.qkv().rows(); row++) {
        rotate(row, column, split.scale());
        split.queries().write(turned, row, column, headDim);
        rotate(row, hidden + column, 1f);
        storeKey(h, split.position() + row);
        split.qkv().read(row, 2 * hidden + column, head, 0, headDim);
        storeValue(h, split.position() + row);
      }
    }
  }

  private void rotate(int row, int column, float scale) {
    split.qkv().read(row, column, head, 0, headDim);
    long angles = split.rotary().cos().offset(split.position() + row, 0);
    loops.rotate(head, split.rotary(), angles, headDim / 2, scale, turned);
  }

  private void storeKey(int h, int key) {
    MemorySegment keys = target.all().keys();
    long at = target.keyOffset(h, key);
    for (int j = 0; j < headDim; j++) {
      keys.set(FLOAT, at + (long) j * width * Float.BYTES, turned[j]);
    }
  }

  private void storeValue(int h, int key) {
    for (int j = 0; j < headDim; j += width) {
      long at = target.valueOffset(h, key, j);
      int count = Math.min(width, headDim - j);
      MemorySegment.copy(head, j, target.all().values(), FLOAT, at, count);
    }
  }
}

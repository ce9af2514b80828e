package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;
import static io.github.modernbert.kernels.Matrix.FLOAT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

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
  private final KeyFormat format;
  private final float[] head;
  private final float[] turned;

  HeadSplitter(RowLoops loops, HeadSplit split) {
    this.loops = loops;
    this.split = split;
    target = split.target();
    width = target.all().panelWidth();
    headDim = target.all().headDim();
    format = target.all().format();
    // Loops go over whole vectors.
    head = new float[Matrix.padded(headDim)];
    turned = new float[Matrix.padded(headDim)];
  }

  void run() {
    int hidden = target.all().heads() * headDim;
    for (int h = 0; h < target.all().heads(); h++) {
      int column = h * headDim;
      for (int row = 0; row < split.qkv().rows(); row++) {
        rotate(row, column, split.scale());
        split.queries().write(turned, row, column, headDim);
        rotate(row, hidden + column, 1f);
        split.qkv().read(row, 2 * hidden + column, head, 0, headDim);
        int key = split.position() + row;
        if (format != KeyFormat.FLOATS) {
          long at = target.scaleOffset(h, key);
          target.all().keyScales().set(FLOAT, at, quantize(turned));
          target.all().valueScales().set(FLOAT, at, quantize(head));
        }
        if (format == KeyFormat.BYTES) {
          storeBytesOfKey(h, key);
          storeBytesOfValue(h, key);
        } else {
          storeKey(h, key);
          storeValue(h, key);
        }
      }
    }
  }

  private void rotate(int row, int column, float scale) {
    split.qkv().read(row, column, head, 0, headDim);
    long angles = split.rotary().cos().offset(split.position() + row, 0);
    loops.rotate(head, split.rotary(), angles, headDim / 2, scale, turned);
  }

  /** Makes integers of a row. Returns their scale. */
  private float quantize(float[] row) {
    float largest = loops.largest(row, 0, DEPTH_BLOCK, row.length);
    float inverse = Quantization.inverse(largest);
    if (inverse == 0) {
      Arrays.fill(row, 0f);
    } else {
      loops.round(row, 0, DEPTH_BLOCK, inverse, row.length);
    }
    return Quantization.scale(largest);
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

  private void storeBytesOfKey(int h, int key) {
    int depth = Math.ceilDiv(headDim, Int8Panels.DEPTH_STEP) * Int8Panels.DEPTH_STEP;
    long first = target.keyOffset(h, key);
    int sum = 0;
    for (int j = 0; j < depth; j++) {
      int inGroup = j % Int8Panels.GROUP;
      byte integer = j < headDim ? (byte) turned[j] : 0;
      long at = first + (long) (j - inGroup) * width + inGroup;
      target.all().keys().set(ValueLayout.JAVA_BYTE, at, integer);
      sum += integer;
    }
    long shiftAt = target.scaleOffset(h, key);
    target.all().keyShifts().set(ValueLayout.JAVA_INT, shiftAt, -sum * Int8Panels.SHIFT);
  }

  /** Stores single bytes: those beside them are other keys', which another thread may store. */
  private void storeBytesOfValue(int h, int key) {
    for (int j = 0; j < headDim; j++) {
      long first = target.valueOffset(h, key, j / width * width);
      long at = first + (long) (j % width) * Int8Panels.GROUP;
      target.all().values().set(ValueLayout.JAVA_BYTE, at, (byte) head[j]);
    }
  }
}

package io.github.modernbert.kernels;

import java.lang.foreign.MemorySegment;

/** Splits packed rows of q, k and v by heads, rotates q and k, and lays out keys and values. */
final class HeadSplitter {
  private HeadSplitter() {}

  static void split(
      Matrix qkv,
      int position,
      Rotary rotary,
      float scale,
      Matrix queries,
      KeyValues target,
      int sequence,
      int panelWidth) {
    int headDim = target.headDim();
    int hidden = target.heads() * headDim;
    for (int row = 0; row < qkv.rows(); row++) {
      int key = position + row;
      for (int head = 0; head < target.heads(); head++) {
        int column = head * headDim;
        rotateQuery(qkv, row, column, headDim, rotary, key, scale, queries);
        long panel =
            target.keyOffset(sequence, head)
                + ((long) (key / panelWidth) * panelWidth * headDim + key % panelWidth)
                    * Float.BYTES;
        rotateKey(
            qkv, row, hidden + column, headDim, rotary, key, target.keys(), panel, panelWidth);
        MemorySegment.copy(
            qkv.segment(),
            qkv.offset(row, 2 * hidden + column),
            target.values(),
            target.valueOffset(sequence, head) + (long) key * target.valueStride() * Float.BYTES,
            (long) headDim * Float.BYTES);
      }
    }
  }

  private static void rotateQuery(
      Matrix qkv,
      int row,
      int column,
      int headDim,
      Rotary rotary,
      int position,
      float scale,
      Matrix queries) {
    int half = headDim / 2;
    for (int j = 0; j < half; j++) {
      float cos = rotary.cos().get(position, j);
      float sin = rotary.sin().get(position, j);
      float a = qkv.get(row, column + j);
      float b = qkv.get(row, column + half + j);
      queries.set(row, column + j, Math.fma(a, cos, -(b * sin)) * scale);
      queries.set(row, column + half + j, Math.fma(b, cos, a * sin) * scale);
    }
  }

  private static void rotateKey(
      Matrix qkv,
      int row,
      int column,
      int headDim,
      Rotary rotary,
      int position,
      MemorySegment keys,
      long offset,
      int panelWidth) {
    int half = headDim / 2;
    long step = (long) panelWidth * Float.BYTES;
    for (int j = 0; j < half; j++) {
      float cos = rotary.cos().get(position, j);
      float sin = rotary.sin().get(position, j);
      float a = qkv.get(row, column + j);
      float b = qkv.get(row, column + half + j);
      keys.set(Matrix.FLOAT, offset + j * step, Math.fma(a, cos, -(b * sin)));
      keys.set(Matrix.FLOAT, offset + (half + j) * step, Math.fma(b, cos, a * sin));
    }
  }
}

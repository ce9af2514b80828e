package io.github.modernbert.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Keys and values of one layer for all sequences of a batch, in the layout attention reads. For
 * each sequence and head: keys in panels of {@link Kernels#panelWidth()} keys, a panel holding for
 * each element of the head the keys side by side; values row by row.
 */
public final class KeyValues {
  private final int heads;
  private final int headDim;
  private final int valueStride;
  private final MemorySegment keys;
  private final MemorySegment values;
  private int[] lengths = {};
  private long[] starts = {};

  /**
   * @param tokens capacity: what {@link #paddedTokens} says of the batch
   */
  public KeyValues(Arena arena, long tokens, int heads, int headDim) {
    this.heads = heads;
    this.headDim = headDim;
    this.valueStride = Matrix.padded(headDim);
    this.keys = arena.allocate(tokens * heads * headDim * Float.BYTES, Matrix.ALIGNMENT);
    this.values = arena.allocate(tokens * heads * valueStride * Float.BYTES, Matrix.ALIGNMENT);
  }

  /** Tokens that sequences of these lengths take here: each is filled up to whole panels. */
  public static long paddedTokens(int[] cuSeqlens) {
    long sum = 0;
    for (int b = 0; b + 1 < cuSeqlens.length; b++) {
      sum += padded(cuSeqlens[b + 1] - cuSeqlens[b]);
    }
    return sum;
  }

  /** Lays out a batch; what was stored is lost. */
  public void reset(int[] cuSeqlens) {
    lengths = new int[cuSeqlens.length - 1];
    starts = new long[lengths.length];
    long start = 0;
    for (int b = 0; b < lengths.length; b++) {
      lengths[b] = cuSeqlens[b + 1] - cuSeqlens[b];
      starts[b] = start;
      start += padded(lengths[b]);
    }
  }

  private static int padded(int length) {
    return Math.ceilDiv(length, Kernels.KEY_ALIGNMENT) * Kernels.KEY_ALIGNMENT;
  }

  int heads() {
    return heads;
  }

  int headDim() {
    return headDim;
  }

  /** Floats from one value to the next. */
  int valueStride() {
    return valueStride;
  }

  int length(int sequence) {
    return lengths[sequence];
  }

  MemorySegment keys() {
    return keys;
  }

  MemorySegment values() {
    return values;
  }

  /** Byte offset of a head's keys. */
  long keyOffset(int sequence, int head) {
    return row(sequence, head) * headDim * Float.BYTES;
  }

  /** Byte offset of a head's values. */
  long valueOffset(int sequence, int head) {
    return row(sequence, head) * valueStride * Float.BYTES;
  }

  private long row(int sequence, int head) {
    return starts[sequence] * heads + (long) head * padded(lengths[sequence]);
  }
}

package io.github.modernbert.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Keys and values of one layer for all sequences of a batch, in the layout attention reads. For
 * each sequence and head: keys in panels of {@link Kernels#panelWidth()} keys, a panel holding for
 * each element of the head the keys side by side; values in panels of as many elements of the head,
 * a panel holding for each key its elements side by side.
 */
public final class KeyValues {
  private final int heads;
  private final int headDim;
  private final int valueColumns;
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
    this.valueColumns = Matrix.padded(headDim);
    this.keys = arena.allocate(tokens * heads * headDim * Float.BYTES, Matrix.ALIGNMENT);
    this.values = arena.allocate(tokens * heads * valueColumns * Float.BYTES, Matrix.ALIGNMENT);
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

  /** Heads of a layer. */
  public int heads() {
    return heads;
  }

  /** Elements of a head. */
  public int headDim() {
    return headDim;
  }

  int length(int sequence) {
    return lengths[sequence];
  }

  /** All keys. */
  public MemorySegment keys() {
    return keys;
  }

  /** All values. */
  public MemorySegment values() {
    return values;
  }

  /** Byte offset of the first element of a key; the next ones follow at panel widths. */
  public long keyOffset(int sequence, int head, int key, int panelWidth) {
    long panel = (long) (key / panelWidth) * panelWidth * headDim;
    return (row(sequence, head) * headDim + panel + key % panelWidth) * Float.BYTES;
  }

  /** Bytes from one panel of keys to the next. */
  public long keyPanelBytes(int panelWidth) {
    return (long) panelWidth * headDim * Float.BYTES;
  }

  /** Bytes from one panel of values to the next. */
  public long valuePanelBytes(int sequence, int panelWidth) {
    return (long) panelWidth * padded(lengths[sequence]) * Float.BYTES;
  }

  /** Byte offset of a value's elements from {@code column} on, a multiple of the panel width. */
  public long valueOffset(int sequence, int head, int key, int column, int panelWidth) {
    long panel = (long) column * padded(lengths[sequence]);
    return (row(sequence, head) * valueColumns + panel + (long) key * panelWidth) * Float.BYTES;
  }

  private long row(int sequence, int head) {
    return starts[sequence] * heads + (long) head * padded(lengths[sequence]);
  }
}

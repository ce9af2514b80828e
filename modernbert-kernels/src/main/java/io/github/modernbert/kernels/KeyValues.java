package io.github.modernbert.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Keys and values of one layer for all sequences of a batch, in the layout that attention reads.
 * For each sequence and head: keys in panels, a panel holding for each element of the head its keys
 * side by side; values in panels of as many elements of the head, a panel holding for each key its
 * elements side by side.
 */
public final class KeyValues {
  private final int heads;
  private final int headDim;
  private final int panelWidth;
  private final int valueColumns;
  private final MemorySegment keys;
  private final MemorySegment values;
  private Sequence[] sequences = {};

  /**
   * Allocates memory for batches.
   *
   * @param tokens capacity: {@link #paddedTokens} of the largest batch
   * @param panelWidth keys of a panel
   */
  KeyValues(Arena arena, long tokens, int heads, int headDim, int panelWidth) {
    this.heads = heads;
    this.headDim = headDim;
    this.panelWidth = panelWidth;
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

  /** Lays out a batch in which all tokens are attended to; earlier contents are lost. */
  public void reset(int[] cuSeqlens) {
    var visible = new int[cuSeqlens.length - 1];
    for (int b = 0; b < visible.length; b++) {
      visible[b] = cuSeqlens[b + 1] - cuSeqlens[b];
    }
    reset(cuSeqlens, visible);
  }

  /**
   * Lays out a batch; earlier contents are lost.
   *
   * @param visible how many tokens at the start of each sequence are attended to
   */
  public void reset(int[] cuSeqlens, int[] visible) {
    sequences = new Sequence[visible.length];
    long start = 0;
    for (int b = 0; b < sequences.length; b++) {
      int length = cuSeqlens[b + 1] - cuSeqlens[b];
      sequences[b] = new Sequence(this, start, length, visible[b]);
      start += padded(length);
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

  /** Keys of a panel, and elements of values. */
  public int panelWidth() {
    return panelWidth;
  }

  /** All keys. */
  public MemorySegment keys() {
    return keys;
  }

  /** All values. */
  public MemorySegment values() {
    return values;
  }

  /** Keys and values of one sequence of the batch. */
  public Sequence sequence(int number) {
    return sequences[number];
  }

  /**
   * Keys and values of one sequence; offsets are in bytes from the beginning of those of all.
   *
   * @param all those of the batch
   * @param start padded tokens of the sequences before it
   * @param length tokens
   * @param visible how many tokens at the start are attended to
   */
  public record Sequence(KeyValues all, long start, int length, int visible) {
    /** Offset of the first element of a key; the next ones follow at panel widths. */
    public long keyOffset(int head, int key) {
      long panel = (long) (key / all.panelWidth) * all.panelWidth * all.headDim;
      return (row(head) * all.headDim + panel + key % all.panelWidth) * Float.BYTES;
    }

    /** One element of a key. */
    public float key(int head, int key, int element) {
      long at = keyOffset(head, key) + (long) element * all.panelWidth * Float.BYTES;
      return all.keys.get(Matrix.FLOAT, at);
    }

    /** Bytes from one panel of keys to the next. */
    public long keyPanelBytes() {
      return (long) all.panelWidth * all.headDim * Float.BYTES;
    }

    /** Bytes from one panel of values to the next. */
    public long valuePanelBytes() {
      return (long) all.panelWidth * padded(length) * Float.BYTES;
    }

    /** Offset of a value's elements from {@code column} on, a multiple of the panel width. */
    public long valueOffset(int head, int key, int column) {
      long panel = (long) column * padded(length);
      return (row(head) * all.valueColumns + panel + (long) key * all.panelWidth) * Float.BYTES;
    }

    /** Some keys with their values, from one that begins a panel. */
    KeyBlock block(int head, int key, int count) {
      return new KeyBlock(
          count,
          new KeyBlock.Panels(all.keys.asSlice(keyOffset(head, key)), keyPanelBytes()),
          new KeyBlock.Panels(all.values.asSlice(valueOffset(head, key, 0)), valuePanelBytes()));
    }

    private long row(int head) {
      return start * all.heads + (long) head * padded(length);
    }
  }
}

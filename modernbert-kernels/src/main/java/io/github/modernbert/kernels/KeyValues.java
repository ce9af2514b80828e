package io.github.modernbert.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Keys and values of one layer for all sequences of a batch, in the layout that attention reads.
 * For each sequence and head: keys in panels, a panel holding for each element of the head its keys
 * side by side; values in panels of as many elements of the head, a panel holding for each key its
 * elements side by side.
 *
 * <p>In float32, or for attention in 8-bit integers as these: each key and each value with a scale
 * of its own. As bytes they lie in panels of {@link Int8Panels}, of which keys are the output
 * features of one matrix and the input features of the other; elements of a key are filled up with
 * zeros.
 */
public final class KeyValues {
  private final int heads;
  private final int headDim;
  private final int panelWidth;
  private final KeyFormat format;
  private final int elementBytes;

  /** Elements of a key in memory. */
  private final int keyDepth;

  private final int valueColumns;
  private final MemorySegment keys;
  private final MemorySegment values;
  private final MemorySegment keyScales;
  private final MemorySegment keyShifts;
  private final MemorySegment valueScales;
  private Sequence[] sequences = {};

  /**
   * Allocates memory for batches.
   *
   * @param tokens capacity: {@link #paddedTokens} of the largest batch
   * @param panelWidth keys of a panel
   * @param format how they lie in memory
   */
  KeyValues(Arena arena, long tokens, int heads, int headDim, int panelWidth, KeyFormat format) {
    boolean bytes = format == KeyFormat.BYTES;
    this.heads = heads;
    this.headDim = headDim;
    this.panelWidth = panelWidth;
    this.format = format;
    elementBytes = bytes ? Byte.BYTES : Float.BYTES;
    keyDepth = bytes ? padded(headDim, Int8Panels.DEPTH_STEP) : headDim;
    valueColumns = bytes ? padded(headDim, panelWidth) : Matrix.padded(headDim);
    keys = arena.allocate(tokens * heads * keyDepth * elementBytes, Matrix.ALIGNMENT);
    // Bytes are read in whole blocks of the depth, which end behind the last keys.
    long behind = bytes ? (long) Int8Panels.DEPTH_STEP * panelWidth : 0;
    values =
        arena.allocate(tokens * heads * valueColumns * elementBytes + behind, Matrix.ALIGNMENT);
    long tokenBytes = (tokens * heads + Int8Panels.DEPTH_STEP) * Float.BYTES;
    long scaleBytes = format == KeyFormat.FLOATS ? 0 : tokenBytes;
    keyScales = arena.allocate(scaleBytes, Matrix.ALIGNMENT);
    keyShifts = arena.allocate(bytes ? tokenBytes : 0, Matrix.ALIGNMENT);
    valueScales = arena.allocate(scaleBytes, Matrix.ALIGNMENT);
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
    return padded(length, Kernels.KEY_ALIGNMENT);
  }

  private static int padded(int length, int unit) {
    return Math.ceilDiv(length, unit) * unit;
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

  /** How keys and values lie in memory. */
  public KeyFormat format() {
    return format;
  }

  /** All keys. */
  public MemorySegment keys() {
    return keys;
  }

  /** All values. */
  public MemorySegment values() {
    return values;
  }

  /** Scales of integers of keys, a float for each head and key. */
  public MemorySegment keyScales() {
    return keyScales;
  }

  /**
   * For each head and key −128 times the sum of its integers, see {@link Int8Panels#shifts}; empty
   * where they are no bytes.
   */
  public MemorySegment keyShifts() {
    return keyShifts;
  }

  /** Scales of integers of values, a float for each head and key. */
  public MemorySegment valueScales() {
    return valueScales;
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
    /**
     * Offset of the first element of a key. The next ones follow at panel widths; of bytes four lie
     * side by side, and the next four follow at panel widths.
     */
    public long keyOffset(int head, int key) {
      int width = all.panelWidth;
      long panel = row(head) * all.keyDepth + (long) (key / width) * width * all.keyDepth;
      return panel * all.elementBytes + (long) (key % width) * Float.BYTES;
    }

    /** One element of a key. */
    public float key(int head, int key, int element) {
      float value = stored(keyOffset(head, key), element);
      return all.format == KeyFormat.FLOATS
          ? value
          : value * all.keyScales.get(Matrix.FLOAT, scaleOffset(head, key));
    }

    private float stored(long first, int element) {
      if (all.format != KeyFormat.BYTES) {
        return all.keys.get(Matrix.FLOAT, first + (long) element * all.panelWidth * Float.BYTES);
      }
      int group = element / Int8Panels.GROUP * Int8Panels.GROUP;
      long at = first + (long) group * all.panelWidth + element - group;
      return all.keys.get(ValueLayout.JAVA_BYTE, at);
    }

    /** Bytes from one panel of keys to the next. */
    public long keyPanelBytes() {
      return (long) all.panelWidth * all.keyDepth * all.elementBytes;
    }

    /** Bytes from one panel of values to the next. */
    public long valuePanelBytes() {
      return (long) all.panelWidth * padded(length) * all.elementBytes;
    }

    /**
     * Offset of a value's elements from {@code column} on, a multiple of the panel width. The next
     * elements lie beside the first; of bytes those of four keys lie between.
     */
    public long valueOffset(int head, int key, int column) {
      long panel = row(head) * all.valueColumns + (long) column * padded(length);
      if (all.format != KeyFormat.BYTES) {
        return (panel + (long) key * all.panelWidth) * Float.BYTES;
      }
      int inGroup = key % Int8Panels.GROUP;
      return panel + (long) (key - inGroup) * all.panelWidth + inGroup;
    }

    /** Offset of a key's or a value's scale, and of its shift. */
    public long scaleOffset(int head, int key) {
      return (row(head) + key) * Float.BYTES;
    }

    /** Some keys with their values, from one that begins a panel. */
    KeyBlock block(int head, int key, int count) {
      long scales = scaleOffset(head, key);
      return new KeyBlock(
          count,
          new KeyBlock.Panels(all.keys.asSlice(keyOffset(head, key)), keyPanelBytes()),
          new KeyBlock.Panels(all.values.asSlice(valueOffset(head, key, 0)), valuePanelBytes()),
          ofIntegers(all.keyScales, scales),
          ofIntegers(all.keyShifts, scales),
          ofIntegers(all.valueScales, scales));
    }

    private static MemorySegment ofIntegers(MemorySegment memory, long offset) {
      return memory.byteSize() == 0 ? memory : memory.asSlice(offset);
    }

    private long row(int head) {
      return start * all.heads + (long) head * padded(length);
    }
  }
}

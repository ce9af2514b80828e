package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Rows of activations as integers, kept as floats: sums of at most {@link #EXACT} products of them
 * are exact in float32, so that kernels for float32 can multiply them. Rows lie in blocks of {@link
 * Kernels#DEPTH_BLOCK} columns.
 *
 * <p>A block of a row goes through short arrays, whose loops C2 vectorises; the bits of floats are
 * copied from one array to another, since loops that see them stay scalar.
 */
final class RowQuantizer {
  /** 127² times this is below 2²⁴. */
  static final int EXACT = 1024;

  /** Memory of one thread: a block of a row, and what becomes of it. */
  static final class Workspace {
    private final float[] values = new float[DEPTH_BLOCK];
    private final float[] rounded = new float[DEPTH_BLOCK];
    private final float[] residuals = new float[DEPTH_BLOCK];
    private final int[] integers = new int[DEPTH_BLOCK];
    private final MemorySegment valueBits = MemorySegment.ofArray(values);
    private final MemorySegment integerBits = MemorySegment.ofArray(integers);
  }

  private final float[] a;
  private final int blockFloats;
  private final int depth;
  private final float[] scales;
  private final int[] residualRows;
  private final Workspace w;

  /**
   * @param a the rows, with memory for as many again
   * @param blockFloats from one block of columns to the next
   * @param scales receives those of rows and residual rows
   * @param residualRows receives for each row the number of its residual row, or −1
   */
  RowQuantizer(
      float[] a,
      int blockFloats,
      int depth,
      float[] scales,
      int[] residualRows,
      Workspace workspace) {
    this.a = a;
    this.blockFloats = blockFloats;
    this.depth = depth;
    this.scales = scales;
    this.residualRows = residualRows;
    w = workspace;
  }

  /** Makes integers of rows; residual rows are put behind them. Returns the number of both. */
  int quantize(int rows) {
    int all = rows;
    for (int r = 0; r < rows; r++) {
      float largest = largest(r);
      float inverse = Quantization.inverse(largest);
      float scale = Quantization.scale(largest);
      scales[r] = scale;
      residualRows[r] = -1;
      if (inverse == 0) {
        clear(r);
      } else if (squares(r, inverse) < Quantization.residualBelow(depth)) {
        residualRows[r] = all;
        scales[all] = scale / Quantization.RESIDUAL_RATIO;
        roundBoth(r, inverse, scale, all);
        all++;
      } else {
        round(r, inverse);
      }
    }
    return all;
  }

  private int begin(int row, int k) {
    return k / DEPTH_BLOCK * blockFloats + row * DEPTH_BLOCK;
  }

  /** Copies a block of a row, and zeros behind the depth. */
  private void load(int row, int k) {
    int count = Math.min(DEPTH_BLOCK, depth - k);
    System.arraycopy(a, begin(row, k), w.values, 0, count);
    Arrays.fill(w.values, count, DEPTH_BLOCK, 0f);
  }

  private float largest(int row) {
    int bits = 0;
    for (int k = 0; k < depth; k += DEPTH_BLOCK) {
      load(row, k);
      w.integerBits.copyFrom(w.valueBits);
      bits = Math.max(bits, largestMagnitude(w.integers));
    }
    return Float.intBitsToFloat(bits);
  }

  /** The bits of the largest absolute value, or of a NaN if there is one: they are in order. */
  private static int largestMagnitude(int[] bits) {
    int largest = 0;
    for (int value : bits) {
      largest = Math.max(largest, value & Integer.MAX_VALUE);
    }
    return largest;
  }

  private void clear(int row) {
    for (int k = 0; k < depth; k += DEPTH_BLOCK) {
      int from = begin(row, k);
      Arrays.fill(a, from, from + Math.min(DEPTH_BLOCK, depth - k), 0f);
    }
  }

  /** The sum of the squares of a row's integers. */
  private long squares(int row, float inverse) {
    long squares = 0;
    for (int k = 0; k < depth; k += DEPTH_BLOCK) {
      load(row, k);
      round(w.values, inverse, w.rounded);
      squares += squares(w.rounded, w.integers);
    }
    return squares;
  }

  private static int squares(float[] rounded, int[] integers) {
    for (int i = 0; i < DEPTH_BLOCK; i++) {
      integers[i] = (int) rounded[i];
    }
    int sum = 0;
    for (int i = 0; i < DEPTH_BLOCK; i++) {
      sum += integers[i] * integers[i];
    }
    return sum;
  }

  private void round(int row, float inverse) {
    for (int k = 0; k < depth; k += DEPTH_BLOCK) {
      load(row, k);
      round(w.values, inverse, w.rounded);
      store(row, k, w.rounded);
    }
  }

  /** Makes integers, and those of the residuals in another row. */
  private void roundBoth(int row, float inverse, float scale, int residualRow) {
    for (int k = 0; k < depth; k += DEPTH_BLOCK) {
      load(row, k);
      round(w.values, inverse, w.rounded);
      store(row, k, w.rounded);
      subtract(w.values, w.rounded, scale, w.residuals);
      round(w.residuals, inverse * Quantization.RESIDUAL_RATIO, w.rounded);
      store(residualRow, k, w.rounded);
    }
  }

  private static void round(float[] values, float inverse, float[] rounded) {
    for (int i = 0; i < DEPTH_BLOCK; i++) {
      rounded[i] = Quantization.round(values[i] * inverse);
    }
  }

  private static void subtract(float[] values, float[] rounded, float scale, float[] residuals) {
    for (int i = 0; i < DEPTH_BLOCK; i++) {
      residuals[i] = Math.fma(-rounded[i], scale, values[i]);
    }
  }

  private void store(int row, int k, float[] from) {
    System.arraycopy(from, 0, a, begin(row, k), Math.min(DEPTH_BLOCK, depth - k));
  }
}

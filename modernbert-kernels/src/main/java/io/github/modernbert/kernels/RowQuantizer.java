package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

/**
 * Rows of activations as integers, kept as floats: sums of at most {@link #EXACT} products of them
 * are exact in float32, so that kernels for float32 can multiply them. Rows lie in blocks of {@link
 * Kernels#DEPTH_BLOCK} columns.
 *
 * @param a the rows, with memory for as many again
 * @param blockFloats from one block of columns to the next
 * @param scales receives those of rows and residual rows
 * @param residualRows receives for each row the number of its residual row, or −1
 */
record RowQuantizer(float[] a, int blockFloats, int depth, float[] scales, int[] residualRows) {
  /** 127² times this is below 2²⁴. */
  static final int EXACT = 1024;

  /** Makes integers of rows; residual rows are put behind them. Returns the number of both. */
  int quantize(int rows) {
    int all = rows;
    for (int r = 0; r < rows; r++) {
      float largest = largest(r);
      float inverse = Quantization.inverse(largest);
      float scale = Quantization.scale(largest);
      scales[r] = scale;
      residualRows[r] = -1;
      if (round(r, inverse, scale, all) < Quantization.residualBelow(depth) && inverse != 0) {
        // The residuals lie there already.
        residualRows[r] = all;
        scales[all] = scale / Quantization.RESIDUAL_RATIO;
        roundResiduals(all, inverse * Quantization.RESIDUAL_RATIO);
        all++;
      }
    }
    return all;
  }

  private int begin(int row, int k) {
    return k / DEPTH_BLOCK * blockFloats + row * DEPTH_BLOCK;
  }

  private float largest(int row) {
    int bits = 0;
    for (int k = 0; k < depth; k += DEPTH_BLOCK) {
      int from = begin(row, k);
      int to = from + Math.min(DEPTH_BLOCK, depth - k);
      for (int i = from; i < to; i++) {
        bits = Math.max(bits, Float.floatToRawIntBits(a[i]) & Integer.MAX_VALUE);
      }
    }
    return Float.intBitsToFloat(bits);
  }

  /** Makes integers and leaves the residuals in another row. Returns the sum of their squares. */
  private long round(int row, float inverse, float scale, int residualRow) {
    long squares = 0;
    for (int k = 0; k < depth; k += DEPTH_BLOCK) {
      int from = begin(row, k);
      int other = begin(residualRow, k) - from;
      int to = from + Math.min(DEPTH_BLOCK, depth - k);
      float sum = 0;
      for (int i = from; i < to; i++) {
        float value = inverse == 0 ? 0f : a[i];
        float q = Quantization.round(value * inverse);
        a[i + other] = Math.fma(-q, scale, value);
        a[i] = q;
        sum += q * q;
      }
      squares += (long) sum;
    }
    return squares;
  }

  private void roundResiduals(int row, float inverse) {
    for (int k = 0; k < depth; k += DEPTH_BLOCK) {
      int from = begin(row, k);
      int to = from + Math.min(DEPTH_BLOCK, depth - k);
      for (int i = from; i < to; i++) {
        a[i] = Quantization.round(a[i] * inverse);
      }
    }
  }
}

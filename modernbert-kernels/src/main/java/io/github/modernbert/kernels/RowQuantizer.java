package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import java.util.Arrays;

/**
 * Rows of activations as integers, kept as floats: sums of at most {@link #EXACT} products of them
 * are exact in float32, so that kernels for float32 can multiply them. Rows lie in blocks of {@link
 * Kernels#DEPTH_BLOCK} columns.
 *
 * @param a the rows, with memory for as many again; what lies in the last block behind the columns
 *     is lost
 * @param blockFloats from one block of columns to the next
 * @param scales receives those of rows and residual rows
 * @param residualRows receives for each row the number of its residual row, or −1
 * @param loops what is done to one row
 */
record RowQuantizer(
    float[] a, int blockFloats, int depth, float[] scales, int[] residualRows, RowLoops loops) {
  /** 127² times this is below 2²⁴. */
  static final int EXACT = 1024;

  /** Makes integers of rows; residual rows are put behind them. Returns the number of both. */
  int quantize(int rows) {
    int all = rows;
    int residualBelow = Quantization.residualBelow(depth);
    for (int r = 0; r < rows; r++) {
      clearBehind(r);
      int at = r * DEPTH_BLOCK;
      float largest = loops.largest(a, at, blockFloats, depth);
      float inverse = Quantization.inverse(largest);
      float scale = Quantization.scale(largest);
      scales[r] = scale;
      residualRows[r] = -1;
      if (inverse == 0) {
        clear(r);
      } else if (!canBeBelow(residualBelow)) {
        loops.round(a, at, blockFloats, inverse, depth);
      } else if (roundKeepingResiduals(at, all * DEPTH_BLOCK, inverse, scale) < residualBelow) {
        residualRows[r] = all;
        scales[all] = scale / Quantization.RESIDUAL_RATIO;
        float residualInverse = inverse * Quantization.RESIDUAL_RATIO;
        loops.round(a, all * DEPTH_BLOCK, blockFloats, residualInverse, depth);
        all++;
      }
    }
    return all;
  }

  /** Whether rows can have a smaller sum of squares: the largest integer alone gives 127². */
  private static boolean canBeBelow(int residualBelow) {
    return residualBelow > Quantization.LARGEST * Quantization.LARGEST;
  }

  /** Returns the sum of the squares of the integers. */
  private long roundKeepingResiduals(int at, int residualAt, float inverse, float scale) {
    long squares = 0;
    for (int k = 0; k < depth; k += EXACT) {
      int block = k / DEPTH_BLOCK * blockFloats;
      int count = Math.min(EXACT, depth - k);
      squares +=
          (long)
              loops.roundKeepingResiduals(
                  a, at + block, residualAt + block, blockFloats, inverse, scale, count);
    }
    return squares;
  }

  private void clear(int row) {
    for (int k = 0; k < depth; k += DEPTH_BLOCK) {
      int from = k / DEPTH_BLOCK * blockFloats + row * DEPTH_BLOCK;
      Arrays.fill(a, from, from + Math.min(DEPTH_BLOCK, depth - k), 0f);
    }
  }

  /** Loops go over whole vectors. */
  private void clearBehind(int row) {
    int last = depth % DEPTH_BLOCK;
    int end = Math.ceilDiv(last, Reduction.LANES) * Reduction.LANES;
    int block = depth / DEPTH_BLOCK * blockFloats + row * DEPTH_BLOCK;
    if (last < end) {
      Arrays.fill(a, block + last, block + end, 0f);
    }
  }
}

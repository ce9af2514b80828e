package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;
import static io.github.modernbert.kernels.Kernels.KEY_ALIGNMENT;
import static io.github.modernbert.kernels.Kernels.KEY_BLOCK;
import static io.github.modernbert.kernels.Kernels.QUERY_BLOCK;

import java.util.Arrays;

/**
 * Attention of some query blocks of one sequence with a running softmax (Milakov and Gimelshein,
 * arXiv:1805.02867; blocked as in Dao et al., arXiv:2205.14135). Query blocks that see the same
 * keys walk them together, so that long sequences do not wait for memory; no result depends on it.
 */
final class AttentionLoop {
  /**
   * Row length of scores: not a power of two, so that rows do not fall into the same cache sets.
   */
  private static final int SCORE_COLUMNS = KEY_BLOCK + Matrix.ROW_PADDING;

  private final BlockKernels kernels;
  private final Matrix queries;
  private final int position;
  private final int reach;
  private final KeyValues keyValues;
  private final int sequence;
  private final Matrix y;

  private final int width;
  private final int headDim;
  private final int valueColumns;
  private final float[] packed;
  private final float[] scores;
  private final float[] weights;
  private final float[] weighted;
  private final float[] sums;
  private final float[] lanes;
  private final float[] maxima;
  private final float[] scales;
  private final float[] reduction = new float[Reduction.LANES];

  AttentionLoop(
      BlockKernels kernels,
      Matrix queries,
      int position,
      int reach,
      KeyValues keyValues,
      int sequence,
      Matrix y,
      Scratch scratch) {
    this.kernels = kernels;
    this.queries = queries;
    this.position = position;
    this.reach = reach;
    this.keyValues = keyValues;
    this.sequence = sequence;
    this.y = y;
    width = kernels.panelWidth();
    headDim = keyValues.headDim();
    valueColumns = Matrix.padded(headDim);
    // Whole query blocks: tiles may be higher than the rows that are left.
    int rows = Math.ceilDiv(queries.rows(), QUERY_BLOCK) * QUERY_BLOCK;
    packed = scratch.rows(rows * Math.ceilDiv(headDim, DEPTH_BLOCK) * DEPTH_BLOCK);
    scores = scratch.scores(QUERY_BLOCK * SCORE_COLUMNS);
    weights = scratch.weights(QUERY_BLOCK * KEY_BLOCK);
    weighted = scratch.weighted(QUERY_BLOCK * valueColumns);
    sums = scratch.sums(rows * valueColumns);
    lanes = scratch.lanes(rows * Reduction.LANES);
    maxima = scratch.maxima(rows);
    scales = scratch.scales(QUERY_BLOCK);
  }

  void run() {
    for (int head = 0; head < keyValues.heads(); head++) {
      for (int from = 0, to; from < queries.rows(); from = to) {
        to = from + QUERY_BLOCK;
        while (to < queries.rows() && seeTheSame(from, to)) {
          to += QUERY_BLOCK;
        }
        to = Math.min(to, queries.rows());
        walk(head, from, to);
      }
    }
  }

  private boolean seeTheSame(int row, int otherRow) {
    return firstKey(row) == firstKey(otherRow) && endKey(row) == endKey(otherRow);
  }

  /** The first key that the query block at this row walks. */
  private int firstKey(int row) {
    return Math.max(0, position + row - reach) / KEY_ALIGNMENT * KEY_ALIGNMENT;
  }

  /** The key after the last one that the query block at this row sees. */
  private int endKey(int row) {
    int last = position + Math.min(queries.rows(), row + QUERY_BLOCK) - 1;
    return (int) Math.min(keyValues.length(sequence), (long) last + reach + 1);
  }

  /** Query blocks that see the same keys. */
  private void walk(int head, int from, int to) {
    pack(head, from, to);
    Arrays.fill(sums, from * valueColumns, to * valueColumns, 0f);
    Arrays.fill(lanes, from * Reduction.LANES, to * Reduction.LANES, 0f);
    Arrays.fill(maxima, from, to, Float.NEGATIVE_INFINITY);
    int end = endKey(from);
    for (int key = firstKey(from); key < end; key += KEY_BLOCK) {
      int keys = Math.min(end - key, KEY_BLOCK);
      for (int row = from; row < to; row += QUERY_BLOCK) {
        int rows = Math.min(to - row, QUERY_BLOCK);
        score(head, row, rows, key, keys);
        softmax(row, rows, key, keys);
        weigh(head, row, rows, key, keys);
      }
    }
    for (int i = 0, run; i < headDim; i += run) {
      run = Math.min(headDim - i, y.run(head * headDim + i));
      divide(from, to, i, y.offset(from, head * headDim + i), run);
    }
  }

  private void divide(int from, int to, int column, long first, int count) {
    long rowBytes = (long) y.stride() * Float.BYTES;
    for (int row = from; row < to; row++) {
      System.arraycopy(lanes, row * Reduction.LANES, reduction, 0, Reduction.LANES);
      float total = Reduction.tree(reduction);
      long at = first + (row - from) * rowBytes;
      kernels.divideRow(sums, row * valueColumns + column, total, y.segment(), at, count);
    }
  }

  /** Queries of a head, each query block in blocks of columns as tiles want them. */
  private void pack(int head, int from, int to) {
    for (int row = from; row < to; row += QUERY_BLOCK) {
      int rows = Math.min(to - row, QUERY_BLOCK);
      for (int k = 0; k < headDim; k += DEPTH_BLOCK) {
        int count = Math.min(headDim - k, DEPTH_BLOCK);
        queries.readBlock(row, rows, head * headDim + k, count, packed, queryOffset(row, k));
      }
    }
  }

  /** Where columns k … of the queries of the block at this row begin. */
  private int queryOffset(int row, int k) {
    return row * Math.ceilDiv(headDim, DEPTH_BLOCK) * DEPTH_BLOCK + k * QUERY_BLOCK;
  }

  /** scores = queries · keysᵀ for the keys of a block. */
  private void score(int head, int row, int rows, int key, int keys) {
    kernels.multiplyPanels(
        rows,
        packed,
        queryOffset(row, 0),
        QUERY_BLOCK * DEPTH_BLOCK,
        keyValues.keys(),
        keyValues.keyOffset(sequence, head, key, width),
        keyValues.keyPanelBytes(width),
        Math.ceilDiv(keys, width),
        headDim,
        scores,
        0,
        SCORE_COLUMNS);
  }

  /** One step of the running softmax: scores become weights, maxima and lane sums move on. */
  private void softmax(int firstRow, int rows, int key, int keys) {
    for (int r = 0; r < rows; r++) {
      int row = firstRow + r;
      int query = position + row;
      int from = Math.clamp((long) query - reach - key, 0, keys);
      int to = Math.clamp((long) query + reach + 1 - key, 0, keys);
      int begin = from / Reduction.LANES * Reduction.LANES;
      int end = Math.ceilDiv(to, Reduction.LANES) * Reduction.LANES;
      scales[r] = 1f;
      if (from >= to) {
        weightsAreZero(r, 0, keys);
        continue;
      }
      int at = r * SCORE_COLUMNS;
      Arrays.fill(scores, at + begin, at + from, Float.NEGATIVE_INFINITY);
      Arrays.fill(scores, at + to, at + end, Float.NEGATIVE_INFINITY);
      float before = maxima[row];
      float max = Math.max(before, kernels.maxRow(scores, at + begin, end - begin));
      maxima[row] = max;
      if (before != max) {
        rescaleLanes(row, r, before == Float.NEGATIVE_INFINITY ? 0f : FloatMath.exp(before - max));
      }
      weightsAreZero(r, 0, begin);
      kernels.expRow(
          scores,
          at,
          begin,
          end,
          max,
          weights,
          r * DEPTH_BLOCK,
          QUERY_BLOCK * DEPTH_BLOCK,
          lanes,
          row * Reduction.LANES);
      weightsAreZero(r, end, keys);
    }
  }

  private void rescaleLanes(int row, int r, float scale) {
    scales[r] = scale;
    for (int i = row * Reduction.LANES; i < (row + 1) * Reduction.LANES; i++) {
      lanes[i] *= scale;
    }
  }

  /** Weights lie in blocks of {@link Kernels#DEPTH_BLOCK} keys as tiles want them. */
  private void weightsAreZero(int r, int begin, int end) {
    for (int from = begin, to; from < end; from = to) {
      to = Math.min(end, (from / DEPTH_BLOCK + 1) * DEPTH_BLOCK);
      int at =
          from / DEPTH_BLOCK * QUERY_BLOCK * DEPTH_BLOCK + r * DEPTH_BLOCK + from % DEPTH_BLOCK;
      Arrays.fill(weights, at, at + to - from, 0f);
    }
  }

  /** sums = sums · scale + weights · values for the keys of a block. */
  private void weigh(int head, int row, int rows, int key, int keys) {
    kernels.multiplyPanels(
        rows,
        weights,
        0,
        QUERY_BLOCK * DEPTH_BLOCK,
        keyValues.values(),
        keyValues.valueOffset(sequence, head, key, 0, width),
        keyValues.valuePanelBytes(sequence, width),
        Math.ceilDiv(headDim, width),
        keys,
        weighted,
        0,
        valueColumns);
    for (int r = 0; r < rows; r++) {
      kernels.rescaleRow(
          sums, (row + r) * valueColumns, scales[r], weighted, r * valueColumns, headDim);
    }
  }
}

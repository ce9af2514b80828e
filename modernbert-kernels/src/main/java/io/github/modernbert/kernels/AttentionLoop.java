package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;
import static io.github.modernbert.kernels.Kernels.KEY_ALIGNMENT;
import static io.github.modernbert.kernels.Kernels.KEY_BLOCK;
import static io.github.modernbert.kernels.Kernels.QUERY_BLOCK;

/**
 * Attention of some query blocks of one sequence with a running softmax (Milakov and Gimelshein,
 * arXiv:1805.02867; blocked as in Dao et al., arXiv:2205.14135). Query blocks that see the same
 * keys walk them together, so that long sequences do not wait for memory; no result depends on it.
 */
final class AttentionLoop {
  private final BlockKernels kernels;
  private final Matrix queries;
  private final int position;
  private final int reach;
  private final KeyValues keyValues;
  private final int sequence;
  private final Matrix y;
  private final Scratch scratch;

  private final int width;
  private final int headDim;
  private final AttentionState state;

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
    this.scratch = scratch;
    width = kernels.panelWidth();
    headDim = keyValues.headDim();
    state = AttentionState.of(queries.rows(), headDim, scratch);
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
    state.clear(from, to);
    int end = endKey(from);
    for (int key = firstKey(from); key < end; key += KEY_BLOCK) {
      KeyBlock keys = keys(head, key, Math.min(end - key, KEY_BLOCK));
      for (int row = from; row < to; row += QUERY_BLOCK) {
        int rows = Math.min(to - row, QUERY_BLOCK);
        long query = position + row;
        kernels.attendBlock(
            state, row, rows, keys, query - reach - key, query + reach + 1 - key, scratch);
      }
    }
    for (int i = 0, run; i < headDim; i += run) {
      run = Math.min(headDim - i, y.run(head * headDim + i));
      divide(from, to, i, y.offset(from, head * headDim + i), run);
    }
  }

  private KeyBlock keys(int head, int key, int count) {
    return new KeyBlock(
        count,
        keyValues.keys(),
        keyValues.keyOffset(sequence, head, key, width),
        keyValues.keyPanelBytes(width),
        keyValues.values(),
        keyValues.valueOffset(sequence, head, key, 0, width),
        keyValues.valuePanelBytes(sequence, width));
  }

  private void divide(int from, int to, int column, long first, int count) {
    long stride = (long) y.stride() * Float.BYTES;
    kernels.divideRows(state, from, to - from, column, count, y.segment(), first, stride);
  }

  /** Queries of a head, each query block in blocks of columns as tiles want them. */
  private void pack(int head, int from, int to) {
    for (int row = from; row < to; row += QUERY_BLOCK) {
      int rows = Math.min(to - row, QUERY_BLOCK);
      for (int k = 0; k < headDim; k += DEPTH_BLOCK) {
        int count = Math.min(headDim - k, DEPTH_BLOCK);
        int at = state.queriesOffset(row) + k / DEPTH_BLOCK * AttentionState.queriesBlock();
        queries.readBlock(row, rows, head * headDim + k, count, state.queries(), at);
      }
    }
  }
}

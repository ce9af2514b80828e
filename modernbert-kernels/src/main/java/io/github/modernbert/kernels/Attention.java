package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;
import static io.github.modernbert.kernels.Kernels.KEY_ALIGNMENT;
import static io.github.modernbert.kernels.Kernels.KEY_BLOCK;
import static io.github.modernbert.kernels.Kernels.QUERY_BLOCK;

/**
 * Attention of some query blocks of one sequence with a running softmax (Milakov and Gimelshein,
 * arXiv:1805.02867; blocked as in Dao et al., arXiv:2205.14135). Query blocks that attend to the
 * same keys walk them together, so that long sequences do not wait for memory; no result depends on
 * it.
 */
final class Attention {
  private final AttentionStep step;
  private final Matrix queries;
  private final int position;
  private final int reach;
  private final KeyValues.Sequence keys;
  private final Matrix y;
  private final int firstHead;
  private final int endHead;
  private final Scratch scratch;
  private final int headDim;
  private final AttentionState state;

  /** See {@link Kernels#attend}. */
  Attention(
      AttentionStep step,
      Matrix queries,
      int position,
      int reach,
      KeyValues.Sequence keys,
      Matrix y,
      int firstHead,
      int endHead,
      Scratch scratch) {
    this.step = step;
    this.queries = queries;
    this.position = position;
    this.reach = reach;
    this.keys = keys;
    this.y = y;
    this.firstHead = firstHead;
    this.endHead = endHead;
    this.scratch = scratch;
    headDim = keys.all().headDim();
    state = AttentionState.of(queries.rows(), headDim, scratch);
  }

  void run() {
    for (int head = firstHead; head < endHead; head++) {
      for (int from = 0, to; from < queries.rows(); from = to) {
        to = from + QUERY_BLOCK;
        while (to < queries.rows() && attendToTheSame(from, to)) {
          to += QUERY_BLOCK;
        }
        to = Math.min(to, queries.rows());
        walk(head, from, to);
      }
    }
  }

  private boolean attendToTheSame(int row, int otherRow) {
    return firstKey(row) == firstKey(otherRow) && endKey(row) == endKey(otherRow);
  }

  /** The first key that the query block at this row walks. */
  private int firstKey(int row) {
    return Math.max(0, position + row - reach) / KEY_ALIGNMENT * KEY_ALIGNMENT;
  }

  /** The key after the last one that the query block at this row attends to. */
  private int endKey(int row) {
    int last = position + Math.min(queries.rows(), row + QUERY_BLOCK) - 1;
    return (int) Math.min(keys.visible(), (long) last + reach + 1);
  }

  /** Query blocks that attend to the same keys. */
  private void walk(int head, int from, int to) {
    pack(head, from, to);
    state.clear(from, to);
    for (int row = from; row < to; row += QUERY_BLOCK) {
      step.begin(queries(row, to), scratch);
    }
    int end = endKey(from);
    for (int key = firstKey(from); key < end; key += KEY_BLOCK) {
      KeyBlock block = keys.block(head, key, Math.min(end - key, KEY_BLOCK));
      for (int row = from; row < to; row += QUERY_BLOCK) {
        long first = (long) position + row - key - reach;
        long last = (long) position + row - key + reach;
        step.attend(queries(row, to), block, first, last + 1, scratch);
      }
    }
    Matrix results = y.slice(from, to);
    var all = new QueryBlock(state, from, to - from);
    for (int i = 0, count; i < headDim; i += count) {
      int column = head * headDim + i;
      count = Math.min(headDim - i, y.contiguousColumns(column));
      step.divide(all, i, results.contiguous(column, count));
    }
  }

  private QueryBlock queries(int row, int to) {
    return new QueryBlock(state, row, Math.min(to - row, QUERY_BLOCK));
  }

  /** Copies queries of a head, each query block in blocks of columns as tiles want them. */
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

package io.github.modernbert.tokenizer.model;

import java.util.Arrays;

/**
 * Merges a long word: candidates wait in a heap by rank, then place, and symbols are linked so that
 * a merge moves nothing. Candidates whose symbols have changed meanwhile are passed over when their
 * turn comes, exactly as in the reference: only if the pair at the place would no longer make the
 * same token.
 */
final class MergeQueue {
  private static final int END = -1;

  private final MergeTable merges;
  private final int[] ids;
  private final int[] lengths;
  private final int[] previous;
  private final int[] next;
  private long[] heap;
  private int waiting;
  private long lookUps;

  MergeQueue(MergeTable merges, int[] ids, int[] lengths, int size) {
    this.merges = merges;
    this.ids = ids;
    this.lengths = lengths;
    previous = new int[size];
    next = new int[size];
    heap = new long[Math.max(4, size)];
    for (int i = 0; i < size; i++) {
      previous[i] = i - 1;
      next[i] = i + 1 < size ? i + 1 : END;
    }
  }

  /** Merges in place and returns how many symbols are left. */
  int merge() {
    for (int i = 0; i + 1 < next.length; i++) {
      offer(i, i + 1);
    }
    while (waiting > 0) {
      long candidate = poll();
      int left = (int) candidate;
      int joined = merges.joined((int) (candidate >>> 32));
      int right = next[left];
      // A symbol that was merged away has no length.
      if (lengths[left] == 0 || right == END) {
        continue;
      }
      lookUps++;
      int rank = merges.rank(ids[left], ids[right]);
      if (rank == MergeTable.NONE || merges.joined(rank) != joined) {
        continue;
      }
      ids[left] = joined;
      lengths[left] += lengths[right];
      lengths[right] = 0;
      next[left] = next[right];
      if (next[left] != END) {
        previous[next[left]] = left;
        offer(left, next[left]);
      }
      if (previous[left] != END) {
        offer(previous[left], left);
      }
    }
    int left = 0;
    for (int i = 0; i < next.length; i++) {
      if (lengths[i] != 0) {
        ids[left] = ids[i];
        lengths[left++] = lengths[i];
      }
    }
    return left;
  }

  /** The merges looked up so far. */
  long lookUps() {
    return lookUps;
  }

  private void offer(int left, int right) {
    lookUps++;
    int rank = merges.rank(ids[left], ids[right]);
    if (rank == MergeTable.NONE) {
      return;
    }
    if (waiting == heap.length) {
      heap = Arrays.copyOf(heap, waiting + (waiting >> 1));
    }
    long candidate = (long) rank << 32 | left;
    int at = waiting++;
    while (at > 0 && heap[(at - 1) >> 1] > candidate) {
      heap[at] = heap[(at - 1) >> 1];
      at = (at - 1) >> 1;
    }
    heap[at] = candidate;
  }

  private long poll() {
    long top = heap[0];
    long last = heap[--waiting];
    int at = 0;
    for (int child = 1; child < waiting; child = 2 * at + 1) {
      if (child + 1 < waiting && heap[child + 1] < heap[child]) {
        child++;
      }
      if (heap[child] >= last) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
    return top;
  }
}

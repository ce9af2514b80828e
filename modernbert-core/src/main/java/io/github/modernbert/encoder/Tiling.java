package io.github.modernbert.encoder;

import io.github.modernbert.kernels.Kernels;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts the rows of a batch into work items for the workers. Cuts are made where query blocks begin,
 * which is at fixed positions of their sequence, so that no result depends on the cut.
 */
public final class Tiling {
  /**
   * Enough rows to read each weight panel rarely: with half as many, products wait for memory a
   * tenth of the time.
   */
  private static final int ITEM_ROWS = 12 * Kernels.QUERY_BLOCK;

  /** Work items a thread should have at least, so that threads end at about the same time. */
  private static final int ITEMS_PER_THREAD = 2;

  /**
   * Consecutive query blocks of one sequence.
   *
   * @param sequence number of the sequence in the batch
   * @param position of the first token in the sequence
   * @param from first row in the batch
   * @param to row after the last
   */
  record RowRange(int sequence, int position, int from, int to) {}

  /**
   * Consecutive rows that one worker computes.
   *
   * @param ranges the rows by sequence, in order, without gaps
   */
  record WorkItem(List<RowRange> ranges) {
    /** First row. */
    int from() {
      return ranges.getFirst().from();
    }

    /** Row after the last. */
    int to() {
      return ranges.getLast().to();
    }
  }

  private Tiling() {}

  /** The greatest number of rows of a work item. */
  public static int maxItemRows() {
    return ITEM_ROWS;
  }

  /** Cuts a batch into work items for a number of threads. */
  static List<WorkItem> items(PackedBatch batch, int threads) {
    int rows = rows(batch.tokens(), threads);
    var items = new ArrayList<WorkItem>();
    var ranges = new ArrayList<RowRange>();
    int free = rows;
    for (int b = 0; b < batch.size(); b++) {
      int start = batch.cuSeqlens()[b];
      int length = batch.length(b);
      for (int position = 0, count; position < length; position += count) {
        count = Math.min(length - position, free);
        if (position + count < length) {
          count -= count % Kernels.QUERY_BLOCK;
        }
        if (count == 0) {
          items.add(new WorkItem(List.copyOf(ranges)));
          ranges.clear();
          free = rows;
          continue;
        }
        ranges.add(new RowRange(b, position, start + position, start + position + count));
        free -= count;
      }
    }
    items.add(new WorkItem(List.copyOf(ranges)));
    return items;
  }

  /** Rows of a work item, about the same for each, and as many items for each thread. */
  private static int rows(int tokens, int threads) {
    int perThread = Math.ceilDiv(tokens, threads * ITEM_ROWS);
    int count = threads == 1 ? perThread : threads * Math.max(ITEMS_PER_THREAD, perThread);
    int blocks = Math.ceilDiv(Math.ceilDiv(tokens, count), Kernels.QUERY_BLOCK);
    return Math.clamp(blocks * Kernels.QUERY_BLOCK, Kernels.QUERY_BLOCK, ITEM_ROWS);
  }
}

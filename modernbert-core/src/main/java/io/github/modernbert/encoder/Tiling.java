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
   * Batches of so many rows are one work item, whose steps threads divide among them: cuts at query
   * blocks would leave one thread with much more than another, and all of them would read all
   * weights.
   */
  private static final int TEAM_ROWS = 8 * Kernels.QUERY_BLOCK;

  /** Threads that divide the steps of a few rows: with more, parts of products become small. */
  private static final int TEAM_THREADS = 4;

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

    /** The parts of the ranges that lie in some rows, counted from the first one of the item. */
    List<RowRange> ranges(int first, int end) {
      var parts = new ArrayList<RowRange>();
      for (RowRange range : ranges) {
        int from = Math.max(range.from(), from() + first);
        int to = Math.min(range.to(), from() + end);
        if (from < to) {
          int position = range.position() + from - range.from();
          parts.add(new RowRange(range.sequence(), position, from, to));
        }
      }
      return parts;
    }
  }

  private Tiling() {}

  /** The greatest number of rows of a work item. */
  public static int maxItemRows() {
    return ITEM_ROWS;
  }

  /** How many threads can work on a batch of so many tokens. */
  public static int usefulThreads(int tokens) {
    int blocks = Math.ceilDiv(tokens, Kernels.QUERY_BLOCK);
    return tokens <= TEAM_ROWS ? Math.max(TEAM_THREADS, blocks) : blocks;
  }

  /** Cuts a batch into work items for a number of threads, of about the same number of rows. */
  static List<WorkItem> items(PackedBatch batch, int threads) {
    long tokens = batch.tokens();
    long count = count(batch.tokens(), threads);
    var items = new ArrayList<WorkItem>();
    var ranges = new ArrayList<RowRange>();
    long item = 0;
    for (int b = 0; b < batch.size(); b++) {
      int start = batch.cuSeqlens()[b];
      int end = batch.cuSeqlens()[b + 1];
      int from = start;
      for (int row = start; row < end; row += Kernels.QUERY_BLOCK) {
        // The item of a query block is that in whose equal share of all rows its middle lies.
        int middle = row + Math.min(end - row, Kernels.QUERY_BLOCK) / 2;
        long next = middle * count / tokens;
        if (next > item) {
          if (from < row) {
            ranges.add(new RowRange(b, from - start, from, row));
          }
          if (!ranges.isEmpty()) {
            items.add(new WorkItem(List.copyOf(ranges)));
            ranges.clear();
          }
          from = row;
          item = next;
        }
      }
      ranges.add(new RowRange(b, from - start, from, end));
    }
    items.add(new WorkItem(List.copyOf(ranges)));
    return items;
  }

  /** The number of work items, as many for each thread. */
  private static int count(int tokens, int threads) {
    if (tokens <= (threads == 1 ? ITEM_ROWS : TEAM_ROWS)) {
      return 1;
    }
    // An item may have half a query block more than its share at either end.
    int each = Math.ceilDiv(tokens, threads * (ITEM_ROWS - Kernels.QUERY_BLOCK));
    return threads == 1 ? each : threads * Math.max(ITEMS_PER_THREAD, each);
  }
}

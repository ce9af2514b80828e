package io.github.modernbert.packing;

import io.github.modernbert.kernels.Kernels;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts the rows of a batch into tasks for the workers. Cuts are made where query blocks begin,
 * which is at fixed positions of their sequence, so that no result depends on the cut.
 */
public final class Tiling {
  /**
   * Enough rows to read each weight panel rarely: with half as many, products wait for memory a
   * tenth of the time.
   */
  private static final int TASK_ROWS = 12 * Kernels.QUERY_BLOCK;

  /** Tasks a thread should have at least, so that they end at about the same time. */
  private static final int TASKS_PER_THREAD = 2;

  /**
   * Consecutive query blocks of one sequence.
   *
   * @param sequence number of the sequence in the batch
   * @param position of the first token in the sequence
   * @param from first row in the batch
   * @param to row after the last
   */
  public record Tile(int sequence, int position, int from, int to) {}

  /**
   * Consecutive tiles that one worker computes.
   *
   * @param tiles in order, without gaps
   */
  public record Task(List<Tile> tiles) {
    /** First row. */
    public int from() {
      return tiles.getFirst().from();
    }

    /** Row after the last. */
    public int to() {
      return tiles.getLast().to();
    }
  }

  private Tiling() {}

  /** The most rows that a task can have. */
  public static int maxTaskRows() {
    return TASK_ROWS;
  }

  /** Cuts a batch for so many threads. */
  public static List<Task> tasks(PackedBatch batch, int threads) {
    int rows = rows(batch.tokens(), threads);
    var tasks = new ArrayList<Task>();
    var tiles = new ArrayList<Tile>();
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
          tasks.add(new Task(List.copyOf(tiles)));
          tiles.clear();
          free = rows;
          continue;
        }
        tiles.add(new Tile(b, position, start + position, start + position + count));
        free -= count;
      }
    }
    tasks.add(new Task(List.copyOf(tiles)));
    return tasks;
  }

  /** Rows of a task, about the same for each, and as many tasks for each thread. */
  private static int rows(int tokens, int threads) {
    int perThread = Math.ceilDiv(tokens, threads * TASK_ROWS);
    int count = threads == 1 ? perThread : threads * Math.max(TASKS_PER_THREAD, perThread);
    int blocks = Math.ceilDiv(Math.ceilDiv(tokens, count), Kernels.QUERY_BLOCK);
    return Math.clamp(blocks * Kernels.QUERY_BLOCK, Kernels.QUERY_BLOCK, TASK_ROWS);
  }
}

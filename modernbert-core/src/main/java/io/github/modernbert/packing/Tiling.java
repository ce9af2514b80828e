package io.github.modernbert.packing;

import io.github.modernbert.kernels.Kernels;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts the rows of a batch into tasks for the workers: runs of query blocks, which begin at fixed
 * positions of their sequence, so that no result depends on the cut.
 */
public final class Tiling {
  /** Rows that use the caches well: enough to read each weight panel rarely, few enough to stay. */
  private static final int TASK_ROWS = 5 * Kernels.QUERY_BLOCK;

  /** Tasks a thread should have at least, so that they end at about the same time. */
  private static final int TASKS_PER_THREAD = 2;

  /**
   * A query block.
   *
   * @param sequence number of its sequence in the batch
   * @param position of its first token in the sequence
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
    int rows = TASK_ROWS;
    if (threads > 1) {
      int share = Math.ceilDiv(batch.tokens(), threads * TASKS_PER_THREAD);
      rows = Math.clamp(share, Kernels.QUERY_BLOCK, TASK_ROWS);
    }
    var tasks = new ArrayList<Task>();
    var tiles = new ArrayList<Tile>();
    for (Tile tile : tiles(batch)) {
      if (!tiles.isEmpty() && tile.to() - tiles.getFirst().from() > rows) {
        tasks.add(new Task(List.copyOf(tiles)));
        tiles.clear();
      }
      tiles.add(tile);
    }
    tasks.add(new Task(List.copyOf(tiles)));
    return tasks;
  }

  private static List<Tile> tiles(PackedBatch batch) {
    var tiles = new ArrayList<Tile>();
    for (int b = 0; b < batch.size(); b++) {
      int start = batch.cuSeqlens()[b];
      int length = batch.length(b);
      for (int position = 0; position < length; position += Kernels.QUERY_BLOCK) {
        int end = Math.min(length, position + Kernels.QUERY_BLOCK);
        tiles.add(new Tile(b, position, start + position, start + end));
      }
    }
    return tiles;
  }
}

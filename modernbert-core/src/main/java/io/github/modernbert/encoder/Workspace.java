package io.github.modernbert.encoder;

import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.kernels.KeyValues;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.Scratch;
import io.github.modernbert.packing.PackedBatch;
import io.github.modernbert.packing.Tiling;
import java.lang.foreign.Arena;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The activations of one batch, reused by later ones. Used by one call at a time; the rows a worker
 * needs for itself are lent to it by {@link #borrow}.
 */
public final class Workspace implements AutoCloseable {
  /** What one worker needs for the rows of a task. */
  static final class TaskRows {
    final Matrix normed;
    final Matrix attended;
    final Matrix projected;
    final Matrix gated;
    final Scratch scratch;

    TaskRows(Arena arena, ModernBertConfig config) {
      int rows = Tiling.maxTaskRows();
      int hidden = config.hiddenSize();
      normed = Matrix.allocateBlocks(arena, rows, hidden);
      attended = Matrix.allocateBlocks(arena, rows, hidden);
      projected = Matrix.allocateBlocks(arena, rows, 3 * hidden);
      gated = Matrix.allocateBlocks(arena, rows, config.intermediateSize());
      scratch = new Scratch();
    }
  }

  private final Arena arena = Arena.ofShared();
  private final ModernBertConfig config;
  private final int capacity;
  private final Matrix hidden;
  private final Matrix queries;
  private final KeyValues[] keyValues;
  private final ConcurrentLinkedQueue<TaskRows> idle = new ConcurrentLinkedQueue<>();

  /**
   * @param capacity the largest {@link PackedBatch#paddedTokens} it is meant for
   */
  Workspace(ModernBertConfig config, int capacity) {
    this.config = config;
    this.capacity = capacity;
    try {
      hidden = Matrix.allocateBlocks(arena, capacity, config.hiddenSize());
      queries = Matrix.allocateBlocks(arena, capacity, config.hiddenSize());
      // Tasks read a layer's keys and values while faster ones write the next layer's.
      keyValues = new KeyValues[] {newKeyValues(), newKeyValues()};
    } catch (Throwable e) {
      arena.close();
      throw e;
    }
  }

  private KeyValues newKeyValues() {
    return new KeyValues(arena, capacity, config.numAttentionHeads(), config.headDim());
  }

  /** Whether a batch can be computed here. */
  boolean fits(PackedBatch batch) {
    return batch.paddedTokens() <= capacity;
  }

  /** The residual stream, in the end the last hidden state; the first rows are the batch's. */
  public Matrix hidden(PackedBatch batch) {
    return hidden.slice(0, batch.tokens());
  }

  Matrix queries() {
    return queries;
  }

  KeyValues keyValues(int layer) {
    return keyValues[layer % 2];
  }

  TaskRows borrow() {
    TaskRows rows = idle.poll();
    return rows != null ? rows : new TaskRows(arena, config);
  }

  void giveBack(TaskRows rows) {
    idle.add(rows);
  }

  /** Frees the memory; no call may use it any more. */
  @Override
  public void close() {
    arena.close();
  }
}

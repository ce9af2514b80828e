package io.github.modernbert.encoder;

import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.encoder.EncoderLayer.ItemMemory;
import io.github.modernbert.encoder.EncoderLayer.Projections;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.KeyValues;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.WeightFormat;
import java.lang.foreign.Arena;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The activations of one batch, reused by later ones. Used by one call at a time; memory that a
 * worker needs for itself is lent to it by {@link #borrow}.
 */
final class Workspace implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final ModernBertConfig config;
  private final int capacity;
  private final Matrix hidden;
  private final Matrix queries;
  private final KeyValues[] keyValues;
  private final ConcurrentLinkedQueue<ItemMemory> idle = new ConcurrentLinkedQueue<>();

  /**
   * @param layers the format of the layers' weights
   * @param capacity the largest {@link PackedBatch#paddedTokens} it is meant for
   */
  Workspace(ModernBertConfig config, Kernels kernels, WeightFormat layers, int capacity) {
    this.config = config;
    this.capacity = capacity;
    try {
      hidden = Matrix.allocateBlocks(arena, capacity, config.hiddenSize());
      queries = Matrix.allocateBlocks(arena, capacity, config.hiddenSize());
      // Work items read a layer's keys and values while faster ones write the next layer's.
      keyValues = new KeyValues[] {newKeyValues(kernels, layers), newKeyValues(kernels, layers)};
    } catch (Throwable e) {
      arena.close();
      throw e;
    }
  }

  private KeyValues newKeyValues(Kernels kernels, WeightFormat layers) {
    int heads = config.numAttentionHeads();
    return kernels.keyValues(arena, capacity, heads, config.headDim(), layers);
  }

  /** Whether a batch can be computed here. */
  boolean fits(PackedBatch batch) {
    return batch.paddedTokens() <= capacity;
  }

  /** Lays out the keys and values of a batch. */
  void layOut(PackedBatch batch) {
    for (KeyValues each : keyValues) {
      each.reset(batch.cuSeqlens(), batch.visible());
    }
  }

  /** The residual stream, in the end the last hidden state. */
  Matrix hidden(PackedBatch batch) {
    return hidden.slice(0, batch.tokens());
  }

  /** Queries, keys and values of a layer. */
  Projections projections(int layer, PackedBatch batch) {
    return new Projections(queries.slice(0, batch.tokens()), keyValues[layer % 2]);
  }

  ItemMemory borrow() {
    ItemMemory memory = idle.poll();
    return memory != null
        ? memory
        : new ItemMemory(arena, config.hiddenSize(), config.intermediateSize());
  }

  void giveBack(ItemMemory memory) {
    idle.add(memory);
  }

  /** Frees the memory; no call may use it any more. */
  @Override
  public void close() {
    arena.close();
  }
}

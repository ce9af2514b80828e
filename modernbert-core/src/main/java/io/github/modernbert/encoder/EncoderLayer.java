package io.github.modernbert.encoder;

import io.github.modernbert.encoder.Tiling.RowRange;
import io.github.modernbert.encoder.Tiling.WorkItem;
import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.KeyValues;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.Rotary;
import io.github.modernbert.kernels.Scratch;
import java.lang.foreign.Arena;

/**
 * One layer for the rows of a work item: {@code x = x + Attention(norm(x))}, then {@code x = x +
 * MLP(norm(x))}. In two steps: attention needs the keys and values of all rows, so every work item
 * must have been projected before the first one is finished.
 *
 * @param reach a token attends to others at most this far away on either side
 */
record EncoderLayer(Kernels kernels, LayerWeights weights, Activation activation, int reach) {
  /**
   * The states that attention reads.
   *
   * @param queries a row for each token, turned by its position and scaled by 1 / √(head dim)
   * @param keyValues keys, turned by their positions, and values
   */
  public record Projections(Matrix queries, KeyValues keyValues) {}

  /** Memory that one worker needs for the rows of a work item. */
  static final class ItemMemory {
    private final Matrix normed;
    private final Matrix attended;
    private final Matrix projected;
    private final Matrix gated;
    private final Scratch scratch = new Scratch();

    ItemMemory(Arena arena, int hiddenSize, int intermediateSize) {
      int rows = Tiling.maxItemRows();
      normed = Matrix.allocateBlocks(arena, rows, hiddenSize);
      attended = Matrix.allocateBlocks(arena, rows, hiddenSize);
      projected = Matrix.allocateBlocks(arena, rows, 3 * hiddenSize);
      gated = Matrix.allocateBlocks(arena, rows, intermediateSize);
    }
  }

  private static Matrix rows(Matrix memory, int count) {
    return memory.asBlocks(count, memory.columns());
  }

  /** Computes queries, keys and values of x, the rows of the item. */
  void project(Matrix x, WorkItem item, Rotary rotary, Projections target, ItemMemory memory) {
    Matrix input = x;
    if (weights.attnNorm() != null) {
      input = rows(memory.normed, x.rows());
      kernels.layerNorm(x, weights.attnNorm(), input);
    }
    Matrix qkv = rows(memory.projected, x.rows());
    kernels.multiply(input, weights.wqkv(), qkv, memory.scratch);
    float scale = (float) (1 / Math.sqrt(target.keyValues().headDim()));
    for (RowRange range : item.ranges()) {
      kernels.splitHeads(
          qkv.slice(range.from() - item.from(), range.to() - item.from()),
          range.position(),
          rotary,
          scale,
          target.queries().slice(range.from(), range.to()),
          target.keyValues().sequence(range.sequence()));
    }
  }

  /** Adds attention and the MLP to x, the rows of the item. */
  void finish(Matrix x, WorkItem item, Projections projections, ItemMemory memory) {
    Matrix attended = rows(memory.attended, x.rows());
    for (RowRange range : item.ranges()) {
      attend(
          range,
          projections,
          attended.slice(range.from() - item.from(), range.to() - item.from()),
          memory);
    }
    kernels.multiplyAdd(attended, weights.attnOut(), x, memory.scratch);
    Matrix normed = rows(memory.normed, x.rows());
    kernels.layerNorm(x, weights.mlpNorm(), normed);
    Matrix gated = rows(memory.gated, x.rows());
    kernels.multiplyGate(
        normed, weights.wiInput(), weights.wiGate(), activation, gated, memory.scratch);
    kernels.multiplyAdd(gated, weights.mlpOut(), x, memory.scratch);
  }

  /**
   * Attention of the rows of one sequence. Rows that lie so far behind the visible keys that they
   * attend to none get 0, as from the reference's default implementation (sdpa); its eager one
   * averages what is not visible.
   */
  private void attend(RowRange range, Projections projections, Matrix target, ItemMemory memory) {
    KeyValues.Sequence keys = projections.keyValues().sequence(range.sequence());
    long attending = (long) keys.visible() + reach - range.position();
    int count = Math.clamp(attending, 0, target.rows());
    if (count > 0) {
      kernels.attend(
          projections.queries().slice(range.from(), range.from() + count),
          range.position(),
          reach,
          keys,
          target.slice(0, count),
          memory.scratch);
    }
    var zeros = new float[count < target.rows() ? target.columns() : 0];
    for (int r = count; r < target.rows(); r++) {
      target.setRow(r, zeros);
    }
  }
}

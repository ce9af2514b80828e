package io.github.modernbert.encoder;

import io.github.modernbert.encoder.Tiling.RowRange;
import io.github.modernbert.encoder.Tiling.WorkItem;
import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.KeyValues;
import io.github.modernbert.kernels.LayerNorm;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.Rotary;
import io.github.modernbert.kernels.Scratch;
import io.github.modernbert.kernels.StoreMode;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

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

  /** Rows of a norm or of the split of heads that are not worth being divided. */
  private static final int ROW_UNIT = 4;

  /** Output features that are not divided: results of products lie in blocks of so many columns. */
  private static final int FEATURE_UNIT = Kernels.DEPTH_BLOCK;

  /** Memory for the rows of a work item. */
  static final class ItemMemory {
    private final Matrix normed;
    private final Matrix attended;
    private final Matrix projected;
    private final Matrix gated;
    private final List<Scratch> scratches = new ArrayList<>();

    ItemMemory(Arena arena, int hiddenSize, int intermediateSize) {
      int rows = Tiling.maxItemRows();
      normed = Matrix.allocateBlocks(arena, rows, hiddenSize);
      attended = Matrix.allocateBlocks(arena, rows, hiddenSize);
      projected = Matrix.allocateBlocks(arena, rows, 3 * hiddenSize);
      gated = Matrix.allocateBlocks(arena, rows, intermediateSize);
    }

    /** Makes scratch memory for so many parts of a step. */
    void scratchFor(int parts) {
      while (scratches.size() < parts) {
        scratches.add(new Scratch());
      }
    }

    /** The scratch memory of one part. */
    Scratch scratch(int part) {
      return scratches.get(part);
    }
  }

  private static Matrix rows(Matrix memory, int count) {
    return memory.asBlocks(count, memory.columns());
  }

  /** Computes queries, keys and values of x, the rows of the item. */
  void project(Matrix x, WorkItem item, Rotary rotary, Projections target, Team team) {
    ItemMemory memory = team.memory();
    Matrix input = x;
    if (weights.attnNorm() != null) {
      input = rows(memory.normed, x.rows());
      norm(x, weights.attnNorm(), input, team);
    }
    Matrix qkv = rows(memory.projected, x.rows());
    multiply(input, weights.wqkv(), qkv, StoreMode.OVERWRITE, team);
    float scale = (float) (1 / Math.sqrt(target.keyValues().headDim()));
    team.divide(
        x.rows(),
        ROW_UNIT,
        (from, to, scratch) -> {
          for (RowRange range : item.ranges(from, to)) {
            kernels.splitHeads(
                qkv.slice(range.from() - item.from(), range.to() - item.from()),
                range.position(),
                rotary,
                scale,
                target.queries().slice(range.from(), range.to()),
                target.keyValues().sequence(range.sequence()));
          }
        });
  }

  /** Adds attention and the MLP to x, the rows of the item. */
  void finish(Matrix x, WorkItem item, Projections projections, Team team) {
    ItemMemory memory = team.memory();
    Matrix attended = rows(memory.attended, x.rows());
    team.divide(
        projections.keyValues().heads(),
        1,
        (head, endHead, scratch) -> {
          for (RowRange range : item.ranges()) {
            Matrix rows = attended.slice(range.from() - item.from(), range.to() - item.from());
            attend(range, projections, rows, head, endHead, scratch);
          }
        });
    multiply(attended, weights.attnOut(), x, StoreMode.ADD, team);
    Matrix normed = rows(memory.normed, x.rows());
    norm(x, weights.mlpNorm(), normed, team);
    Matrix gated = rows(memory.gated, x.rows());
    PackedMatrix u = weights.wiInput();
    PackedMatrix g = weights.wiGate();
    team.divide(
        u.rows(),
        unit(u),
        (from, to, scratch) ->
            kernels.multiplyGate(
                normed,
                u.features(from, to),
                g.features(from, to),
                activation,
                gated.sliceColumns(from, to),
                scratch));
    multiply(gated, weights.mlpOut(), x, StoreMode.ADD, team);
  }

  private void norm(Matrix x, LayerNorm norm, Matrix y, Team team) {
    team.divide(
        x.rows(),
        ROW_UNIT,
        (from, to, scratch) -> kernels.layerNorm(x.slice(from, to), norm, y.slice(from, to)));
  }

  private void multiply(Matrix x, PackedMatrix w, Matrix y, StoreMode mode, Team team) {
    team.divide(
        w.rows(),
        unit(w),
        (from, to, scratch) -> {
          PackedMatrix some = w.features(from, to);
          kernels.multiply(x, some, y.sliceColumns(from, to), mode, scratch);
        });
  }

  /** Output features at multiples of which a product may be divided: whole panels and blocks. */
  private static int unit(PackedMatrix w) {
    int unit = w.panelWidth();
    while (unit % FEATURE_UNIT != 0) {
      unit += w.panelWidth();
    }
    return unit;
  }

  /**
   * Attention of the rows of one sequence. Rows that lie so far behind the visible keys that they
   * attend to none get 0, as from the reference's default implementation (sdpa); its eager one
   * averages what is not visible.
   */
  private void attend(
      RowRange range,
      Projections projections,
      Matrix target,
      int head,
      int endHead,
      Scratch scratch) {
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
          head,
          endHead,
          scratch);
    }
    // All heads of them, by whoever has the first one.
    int rest = head == 0 ? target.rows() - count : 0;
    var zeros = new float[rest == 0 ? 0 : target.columns()];
    for (int r = count; r < count + rest; r++) {
      target.setRow(r, zeros);
    }
  }
}

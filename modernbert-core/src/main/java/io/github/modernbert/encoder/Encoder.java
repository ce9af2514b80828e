package io.github.modernbert.encoder;

import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.encoder.Workspace.TaskRows;
import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.Rotary;
import io.github.modernbert.kernels.WorkerPool;
import io.github.modernbert.packing.PackedBatch;
import io.github.modernbert.packing.Tiling;
import io.github.modernbert.packing.Tiling.Tile;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * The forward pass over packed sequences (SPEC section 4; {@code modeling_modernbert.py} of the
 * reference). Knows no text. Safe for use by several threads, each with its own workspace.
 *
 * <p>Workers meet once a layer: a task finishes a layer for its rows and goes on to the queries,
 * keys and values of the next, which is the first thing that other rows need.
 */
public final class Encoder {
  private final ModernBertConfig config;
  private final EncoderWeights weights;
  private final Kernels kernels;
  private final WorkerPool pool;
  private final Activation activation;
  private final float queryScale;

  /** Puts the parts together; they remain the caller's. */
  public Encoder(
      ModernBertConfig config, EncoderWeights weights, Kernels kernels, WorkerPool pool) {
    this.config = config;
    this.weights = weights;
    this.kernels = kernels;
    this.pool = pool;
    this.activation = Activations.of(config.hiddenActivation());
    this.queryScale = (float) (1 / Math.sqrt(config.headDim()));
  }

  /**
   * Computes the last hidden states into {@link Workspace#hidden}.
   *
   * @throws CancellationException if the thread is interrupted meanwhile; the flag stays set
   */
  public void encode(PackedBatch batch, Workspace workspace, LayerObserver observer) {
    List<Tiling.Task> tasks = Tiling.tasks(batch, pool.threads());
    int layers = config.numHiddenLayers();
    int longest = batch.longest();
    workspace.keyValues(0).reset(batch.cuSeqlens());
    workspace.keyValues(1).reset(batch.cuSeqlens());
    for (int layer = 0; layer <= layers; layer++) {
      int current = layer;
      Rotary rotary =
          current < layers ? weights.rotary(config.layerTypes().get(current), longest) : null;
      pool.run(
          tasks.size(),
          i -> {
            TaskRows rows = workspace.borrow();
            try {
              var step = new Step(batch, workspace, tasks.get(i), rows);
              if (current == 0) {
                step.embed();
              } else {
                step.attention(current - 1);
                step.mlp(current - 1);
              }
              if (rotary != null) {
                step.project(current, rotary);
              }
            } finally {
              workspace.giveBack(rows);
            }
          });
      observer.after(layer, workspace.hidden(batch));
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException(
            "interrupted after %d of %d layers".formatted(layer, layers));
      }
    }
    pool.run(
        tasks.size(),
        i -> {
          Matrix x = workspace.hidden(batch).slice(tasks.get(i).from(), tasks.get(i).to());
          kernels.layerNorm(x, weights.finalNorm(), x);
        });
  }

  /** The rows of one task on their way through one layer. */
  private final class Step {
    private final PackedBatch batch;
    private final Workspace workspace;
    private final Tiling.Task task;
    private final TaskRows rows;
    private final int count;
    private final Matrix x;

    Step(PackedBatch batch, Workspace workspace, Tiling.Task task, TaskRows rows) {
      this.batch = batch;
      this.workspace = workspace;
      this.task = task;
      this.rows = rows;
      this.count = task.to() - task.from();
      this.x = workspace.hidden(batch).slice(task.from(), task.to());
    }

    void embed() {
      for (int r = 0; r < count; r++) {
        weights.embeddings().copyRow(batch.ids()[task.from() + r], x, r);
      }
      kernels.layerNorm(x, weights.embeddingNorm(), x);
    }

    /** Queries, keys and values of a layer. */
    void project(int layer, Rotary rotary) {
      LayerWeights w = weights.layer(layer);
      Matrix input = x;
      if (w.attnNorm() != null) {
        input = rows.normed.asBlocks(count, config.hiddenSize());
        kernels.layerNorm(x, w.attnNorm(), input);
      }
      Matrix qkv = rows.projected.asBlocks(count, 3 * config.hiddenSize());
      kernels.multiply(input, w.wqkv(), qkv, rows.scratch);
      for (Tile tile : task.tiles()) {
        kernels.splitHeads(
            qkv.slice(tile.from() - task.from(), tile.to() - task.from()),
            tile.position(),
            rotary,
            queryScale,
            workspace.queries().slice(tile.from(), tile.to()),
            workspace.keyValues(layer),
            tile.sequence());
      }
    }

    /** x = x + Attention(x) · Wo. */
    void attention(int layer) {
      Matrix attended = rows.attended.asBlocks(count, config.hiddenSize());
      int reach = config.isGlobal(layer) ? Integer.MAX_VALUE : config.windowReach();
      for (Tile tile : task.tiles()) {
        kernels.attend(
            workspace.queries().slice(tile.from(), tile.to()),
            tile.position(),
            reach,
            workspace.keyValues(layer),
            tile.sequence(),
            attended.slice(tile.from() - task.from(), tile.to() - task.from()),
            rows.scratch);
      }
      kernels.multiplyAdd(attended, weights.layer(layer).attnOut(), x, rows.scratch);
    }

    /** x = x + (act(u) ⊙ g) · Wo. */
    void mlp(int layer) {
      LayerWeights w = weights.layer(layer);
      Matrix normed = rows.normed.asBlocks(count, config.hiddenSize());
      kernels.layerNorm(x, w.mlpNorm(), normed);
      Matrix gated = rows.gated.asBlocks(count, config.intermediateSize());
      kernels.multiplyGate(normed, w.wiInput(), w.wiGate(), activation, gated, rows.scratch);
      kernels.multiplyAdd(gated, w.mlpOut(), x, rows.scratch);
    }
  }
}

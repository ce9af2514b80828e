package io.github.modernbert.encoder;

import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.encoder.EncoderLayer.ItemMemory;
import io.github.modernbert.encoder.EncoderLayer.Projections;
import io.github.modernbert.encoder.Tiling.WorkItem;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.Rotary;
import io.github.modernbert.kernels.WorkerPool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * The forward pass over packed sequences, that of {@code modeling_modernbert.py} of the reference.
 * Knows no text. Safe for use by several threads, each with its own workspace.
 *
 * <p>Workers meet once a layer: a work item finishes a layer for its rows and goes on to the
 * queries, keys and values of the next, which is the first thing that other rows need. A batch of a
 * single work item is computed by a {@link Team}, step by step.
 */
final class Encoder {
  private final ModernBertConfig config;
  private final EncoderWeights weights;
  private final Kernels kernels;
  private final WorkerPool pool;
  private final List<EncoderLayer> layers = new ArrayList<>();

  /** Puts the parts together; they remain the caller's. */
  Encoder(ModernBertConfig config, EncoderWeights weights, Kernels kernels, WorkerPool pool) {
    this.config = config;
    this.weights = weights;
    this.kernels = kernels;
    this.pool = pool;
    var activation = Activations.of(config.hiddenActivation());
    for (int i = 0; i < config.numHiddenLayers(); i++) {
      int reach = config.isGlobal(i) ? Integer.MAX_VALUE : config.windowReach();
      layers.add(new EncoderLayer(kernels, weights.layer(i), activation, reach));
    }
  }

  /**
   * Computes the last hidden states into {@link Workspace#hidden}.
   *
   * @param threads how many threads of the pool work on it at most, the caller's included
   * @param cancelled asked after each layer; when it is true, the call ends
   * @throws CancellationException if it was cancelled
   */
  void encode(
      PackedBatch batch,
      int threads,
      Workspace workspace,
      LayerObserver observer,
      BooleanSupplier cancelled) {
    List<WorkItem> items = Tiling.items(batch, threads);
    Matrix hidden = workspace.hidden(batch);
    workspace.layOut(batch);
    for (int layer = 0; layer <= layers.size(); layer++) {
      advance(layer, batch, items, threads, workspace);
      observer.after(layer, hidden);
      if (layer < layers.size()) {
        Projections projections = workspace.projections(layer, batch);
        observer.beforeAttention(layer, projections.queries(), projections.keyValues());
      }
      if (cancelled.getAsBoolean()) {
        throw new CancellationException(
            "interrupted after %d of %d layers".formatted(layer, layers.size()));
      }
    }
    pool.run(
        items.size(),
        threads,
        i -> {
          Matrix x = rows(hidden, items.get(i));
          kernels.layerNorm(x, weights.finalNorm(), x);
        });
  }

  private static Matrix rows(Matrix matrix, WorkItem item) {
    return matrix.slice(item.from(), item.to());
  }

  /** Finishes the layer before, or the embeddings, and begins the next layer if there is one. */
  private void advance(
      int layer, PackedBatch batch, List<WorkItem> items, int threads, Workspace workspace) {
    boolean isLast = layer == layers.size();
    Rotary rotary = isLast ? null : weights.rotary(config.layerTypes().get(layer), batch.longest());
    pool.run(
        items.size(),
        threads,
        i -> {
          WorkItem item = items.get(i);
          Matrix x = rows(workspace.hidden(batch), item);
          ItemMemory memory = workspace.borrow();
          var team = new Team(pool, items.size() == 1 ? threads : 1, memory);
          try {
            if (layer == 0) {
              embed(batch, item, x);
            } else {
              Projections read = workspace.projections(layer - 1, batch);
              layers.get(layer - 1).finish(x, item, read, team);
            }
            if (rotary != null) {
              Projections written = workspace.projections(layer, batch);
              layers.get(layer).project(x, item, rotary, written, team);
            }
          } finally {
            workspace.giveBack(memory);
          }
        });
  }

  private void embed(PackedBatch batch, WorkItem item, Matrix x) {
    for (int r = 0; r < x.rows(); r++) {
      weights.embeddings().copyRow(batch.ids()[item.from() + r], x, r);
    }
    kernels.layerNorm(x, weights.embeddingNorm(), x);
  }
}

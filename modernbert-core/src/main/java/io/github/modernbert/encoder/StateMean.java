package io.github.modernbert.encoder;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.WorkerPool;
import io.github.modernbert.weights.Checkpoint;
import io.github.modernbert.weights.EmbeddingModule;
import java.lang.foreign.Arena;
import java.util.List;

/**
 * The weighted mean of the states after several layers, which some models take instead of the last
 * states ({@code weighted_layer_pooling.py} of sentence-transformers). Sums are float32 in the
 * order of the layers.
 */
public final class StateMean {
  private static final int ROWS_AT_ONCE = 64;

  private final int from;
  private final float[] weights;
  private final float sum;

  private StateMean(int from, float[] weights) {
    this.from = from;
    this.weights = weights;
    float total = 0;
    for (float weight : weights) {
      total += weight;
    }
    this.sum = total;
  }

  /**
   * Reads the weights of a module.
   *
   * @throws ModelFileException if they are missing or not one for each of the states
   */
  public static StateMean load(EmbeddingModule.WeightedLayerPooling module) {
    int states = module.layers() + 1 - module.layerStart();
    try (Checkpoint checkpoint = Checkpoint.open(module.folder())) {
      var tensor = checkpoint.tensor("layer_weights");
      if (!tensor.shape().equals(List.of((long) states))) {
        throw new ModelFileException(
            module.folder(),
            "tensor layer_weights: expected shape [%d], found %s"
                .formatted(states, tensor.shape()));
      }
      return new StateMean(module.layerStart(), tensor.toFloats());
    }
  }

  /** The mean of one forward pass, in memory of its own. */
  final class Running implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final WorkerPool pool;
    private final Matrix mean;

    Running(Matrix hidden, WorkerPool pool) {
      this.pool = pool;
      this.mean = Matrix.allocate(arena, hidden.rows(), hidden.columns());
    }

    /**
     * Adds the states after some layers.
     *
     * @param layers how many; after the last layer the states behind the final norm are wanted
     */
    void add(int layers, Matrix states) {
      int index = layers - from;
      if (index < 0) {
        return;
      }
      boolean isLast = index == weights.length - 1;
      pool.run(
          Math.ceilDiv(states.rows(), ROWS_AT_ONCE),
          item -> {
            int end = Math.min(states.rows(), (item + 1) * ROWS_AT_ONCE);
            for (int r = item * ROWS_AT_ONCE; r < end; r++) {
              float[] row = mean.row(r);
              add(row, states.row(r), weights[index], isLast);
              mean.setRow(r, row);
            }
          });
    }

    private void add(float[] row, float[] state, float weight, boolean isLast) {
      for (int i = 0; i < row.length; i++) {
        row[i] = Math.fma(weight, state[i], row[i]);
      }
      for (int i = 0; isLast && i < row.length; i++) {
        row[i] /= sum;
      }
    }

    Matrix mean() {
      return mean;
    }

    @Override
    public void close() {
      arena.close();
    }
  }
}

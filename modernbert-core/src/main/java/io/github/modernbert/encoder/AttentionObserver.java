package io.github.modernbert.encoder;

import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.Rotary;
import io.github.modernbert.kernels.Scratch;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Computes the attention probabilities of chosen layers once more, for people who study a model:
 * from the states that enter a layer, in plain loops and float64. The encoder itself never holds
 * them. For batches of one sequence; used by one call at a time.
 */
public final class AttentionObserver implements LayerObserver {
  private final ModernBertConfig config;
  private final EncoderWeights weights;
  private final Kernels kernels;
  private final Set<Integer> layers;
  private final SortedMap<Integer, float[][][]> probabilities = new TreeMap<>();

  /**
   * @param layers which layers, from 0
   */
  public AttentionObserver(Backbone backbone, Set<Integer> layers) {
    this.config = backbone.config();
    this.weights = backbone.weights();
    this.kernels = backbone.kernels();
    this.layers = Set.copyOf(layers);
  }

  /** For each of the layers: heads × queries × keys. */
  public SortedMap<Integer, float[][][]> probabilities() {
    return probabilities;
  }

  @Override
  public void after(int computed, Matrix hidden) {
    if (layers.contains(computed)) {
      probabilities.put(computed, compute(computed, hidden));
    }
  }

  private float[][][] compute(int layer, Matrix hidden) {
    try (Arena arena = Arena.ofConfined()) {
      LayerWeights w = weights.layer(layer);
      Matrix input = hidden;
      if (w.attnNorm() != null) {
        input = Matrix.allocate(arena, hidden.rows(), hidden.columns());
        kernels.layerNorm(hidden, w.attnNorm(), input);
      }
      Matrix qkv = Matrix.allocate(arena, hidden.rows(), 3 * config.hiddenSize());
      kernels.multiply(input, w.wqkv(), qkv, new Scratch());
      Rotary rotary = weights.rotary(config.layerTypes().get(layer), hidden.rows());
      int reach = config.isGlobal(layer) ? hidden.rows() : config.windowReach();
      var maps = new float[config.numAttentionHeads()][][];
      for (int head = 0; head < maps.length; head++) {
        int column = head * config.headDim();
        maps[head] =
            softmax(
                rotated(qkv, column, rotary),
                rotated(qkv, config.hiddenSize() + column, rotary),
                reach);
      }
      return maps;
    }
  }

  /** The queries or keys of a head, turned by their positions. */
  private double[][] rotated(Matrix qkv, int column, Rotary rotary) {
    int half = config.headDim() / 2;
    var rows = new double[qkv.rows()][2 * half];
    for (int p = 0; p < rows.length; p++) {
      for (int j = 0; j < half; j++) {
        double cos = rotary.cos().get(p, j);
        double sin = rotary.sin().get(p, j);
        double a = qkv.get(p, column + j);
        double b = qkv.get(p, column + half + j);
        rows[p][j] = a * cos - b * sin;
        rows[p][half + j] = b * cos + a * sin;
      }
    }
    return rows;
  }

  /** softmax(q · kᵀ / sqrt(d)) over the keys within reach. */
  private static float[][] softmax(double[][] queries, double[][] keys, int reach) {
    var rows = new float[queries.length][keys.length];
    for (int i = 0; i < rows.length; i++) {
      int from = Math.max(0, i - reach);
      int to = Math.min(keys.length, i + reach + 1);
      var scores = new double[to - from];
      for (int j = from; j < to; j++) {
        scores[j - from] = dot(queries[i], keys[j]) / Math.sqrt(keys[j].length);
      }
      double max = Arrays.stream(scores).max().orElseThrow();
      double sum = 0;
      for (int j = 0; j < scores.length; j++) {
        scores[j] = StrictMath.exp(scores[j] - max);
        sum += scores[j];
      }
      for (int j = 0; j < scores.length; j++) {
        rows[i][from + j] = (float) (scores[j] / sum);
      }
    }
    return rows;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}

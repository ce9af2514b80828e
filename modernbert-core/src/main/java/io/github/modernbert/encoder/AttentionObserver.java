package io.github.modernbert.encoder;

import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.kernels.KeyValues;
import io.github.modernbert.kernels.Matrix;
import java.util.Arrays;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Computes the attention probabilities of chosen layers from the queries and keys of the forward
 * pass, in plain loops and float64. The encoder itself never holds them. For batches of one
 * sequence; used by one call at a time.
 */
public final class AttentionObserver implements LayerObserver {
  private final ModernBertConfig config;
  private final Set<Integer> layers;
  private final SortedMap<Integer, float[][][]> probabilities = new TreeMap<>();

  /**
   * @param layers which layers, from 0
   */
  public AttentionObserver(ModernBertConfig config, Set<Integer> layers) {
    this.config = config;
    this.layers = Set.copyOf(layers);
  }

  /** The probabilities of each layer: heads × queries × keys. */
  public SortedMap<Integer, float[][][]> probabilities() {
    return probabilities;
  }

  @Override
  public void after(int computed, Matrix hidden) {}

  @Override
  public void beforeAttention(int layer, Matrix queries, KeyValues keyValues) {
    if (!layers.contains(layer)) {
      return;
    }
    KeyValues.Sequence keys = keyValues.sequence(0);
    int reach = config.isGlobal(layer) ? keys.length() : config.windowReach();
    var maps = new float[keyValues.heads()][][];
    for (int head = 0; head < maps.length; head++) {
      maps[head] = softmax(queries(queries, head), keys(keys, head), keys.visible(), reach);
    }
    probabilities.put(layer, maps);
  }

  private double[][] queries(Matrix queries, int head) {
    var rows = new double[queries.rows()][config.headDim()];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < rows[i].length; j++) {
        rows[i][j] = queries.get(i, head * config.headDim() + j);
      }
    }
    return rows;
  }

  private double[][] keys(KeyValues.Sequence keys, int head) {
    var rows = new double[keys.length()][config.headDim()];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < rows[i].length; j++) {
        rows[i][j] = keys.key(head, i, j);
      }
    }
    return rows;
  }

  /** softmax(q · kᵀ) over the visible keys within reach; queries are scaled. */
  private static float[][] softmax(double[][] queries, double[][] keys, int visible, int reach) {
    var rows = new float[queries.length][keys.length];
    for (int i = 0; i < rows.length; i++) {
      int from = Math.max(0, i - reach);
      int to = Math.min(visible, i + reach + 1);
      var scores = new double[to - from];
      for (int j = from; j < to; j++) {
        scores[j - from] = dot(queries[i], keys[j]);
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

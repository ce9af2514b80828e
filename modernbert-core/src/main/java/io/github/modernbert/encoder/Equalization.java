package io.github.modernbert.encoder;

import static io.github.modernbert.encoder.EncoderWeights.ATTENTION_NORM;
import static io.github.modernbert.encoder.EncoderWeights.ATTENTION_OUT;
import static io.github.modernbert.encoder.EncoderWeights.MLP_NORM;
import static io.github.modernbert.encoder.EncoderWeights.MLP_OUT;
import static io.github.modernbert.encoder.EncoderWeights.WI;
import static io.github.modernbert.encoder.EncoderWeights.WQKV;

import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.kernels.FloatSource;
import io.github.modernbert.weights.Checkpoint;
import io.github.modernbert.weights.QuantizedTensor;
import io.github.modernbert.weights.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Makes the columns of a layer's weights about equally large before they become integers, which
 * have one scale for a whole row. What a column is divided by, whatever makes the column's input is
 * multiplied with: the norm before it, the values of attention, or the gate of the MLP; so the
 * layer computes what it did (as SmoothQuant does, Xiao et al., arXiv:2211.10438, but from the
 * weights alone). The factor of column j is the root mean square of {@code w[i, j] / rms(w[i, ·])}
 * over rows i, which no factors of rows or of inputs change. Measured by {@code int8_accuracy.py}
 * of modernbert-bench: without it, models with outliers in some channels lose up to 13 % of the
 * cosine to float32, with it less than 0.04 %.
 *
 * <p>The first layer's queries, keys and values keep their columns, since their input is the
 * residual stream.
 */
final class Equalization {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  /**
   * The largest factor; columns that would need a larger one, or a smaller one than its inverse,
   * are unused.
   */
  private static final float MOST = 0x1p14f;

  private final Checkpoint checkpoint;
  private final String layer;
  private final Map<String, FloatSource> changed = new HashMap<>();

  private Equalization(Checkpoint checkpoint, String layer) {
    this.checkpoint = checkpoint;
    this.layer = layer;
  }

  /**
   * The tensors of a layer that change, by name.
   *
   * @param layer what the names of its tensors begin with
   * @return nothing if the checkpoint holds integers
   */
  static Map<String, FloatSource> of(
      ModernBertConfig config, Checkpoint checkpoint, String layer, boolean isFirst) {
    var equalization = new Equalization(checkpoint, layer);
    boolean integers =
        Stream.of(WQKV, ATTENTION_OUT, WI, MLP_OUT)
            .anyMatch(name -> QuantizedTensor.isQuantized(equalization.tensor(name, ".weight")));
    if (!integers) {
      equalization.equalize(config.hiddenSize(), config.intermediateSize(), isFirst);
    }
    return equalization.changed;
  }

  private void equalize(int hidden, int intermediate, boolean isFirst) {
    float[] attended = factors(ATTENTION_OUT, hidden, hidden);
    float[] gated = factors(MLP_OUT, hidden, intermediate);
    float[] mlpInput = factors(WI, 2 * intermediate, hidden);
    float[] values = ones(3 * hidden);
    System.arraycopy(attended, 0, values, 2 * hidden, hidden);
    float[] gates = ones(2 * intermediate);
    System.arraycopy(gated, 0, gates, intermediate, intermediate);
    float[] attentionInput = ones(hidden);
    if (!isFirst) {
      attentionInput = factors(WQKV, 3 * hidden, hidden);
      multiply(ATTENTION_NORM, attentionInput);
    }
    multiply(MLP_NORM, mlpInput);
    change(WQKV, values, attentionInput);
    change(ATTENTION_OUT, ones(hidden), attended);
    change(WI, gates, mlpInput);
    change(MLP_OUT, ones(hidden), gated);
  }

  private static float[] ones(int count) {
    var ones = new float[count];
    Arrays.fill(ones, 1f);
    return ones;
  }

  private Tensor tensor(String name, String kind) {
    return checkpoint.tensor(layer + name + kind);
  }

  private float[] factors(String name, int rows, int columns) {
    Tensor weight = tensor(name, ".weight").requireShape(rows, columns);
    var squares = new double[columns];
    var row = new float[columns];
    for (long r = 0; r < rows; r++) {
      weight.readFloats(r * columns, columns, MemorySegment.ofArray(row));
      double sum = 0;
      for (float value : row) {
        sum += (double) value * value;
      }
      if (sum > 0) {
        double inverse = columns / (sum * rows);
        for (int c = 0; c < columns; c++) {
          squares[c] += (double) row[c] * row[c] * inverse;
        }
      }
    }
    var factors = new float[columns];
    for (int c = 0; c < columns; c++) {
      float factor = (float) Math.sqrt(squares[c]);
      factors[c] = factor >= 1 / MOST && factor <= MOST ? factor : 1f;
    }
    return factors;
  }

  /** A norm's weight and, if it is there, its bias. */
  private void multiply(String name, float[] factors) {
    float[] one = {1f};
    view(tensor(name, ".weight").requireShape(factors.length), factors, one);
    checkpoint
        .find(layer + name + ".bias")
        .ifPresent(bias -> view(bias.requireShape(factors.length), factors, one));
  }

  private void change(String name, float[] rows, float[] columns) {
    view(tensor(name, ".weight").requireShape(rows.length, columns.length), rows, columns);
    checkpoint
        .find(layer + name + ".bias")
        .ifPresent(bias -> view(bias.requireShape(rows.length), rows, new float[] {1f}));
  }

  /** The tensor with each row multiplied and each column divided. */
  private void view(Tensor tensor, float[] rows, float[] columns) {
    int length = columns.length;
    var inverses = new float[length];
    for (int c = 0; c < length; c++) {
      inverses[c] = 1 / columns[c];
    }
    changed.put(
        tensor.name(),
        (from, count, target) -> {
          tensor.readFloats(from, count, target);
          int run;
          for (long i = 0; i < count; i += run) {
            int column = (int) ((from + i) % length);
            run = (int) Math.min(count - i, length - column);
            multiply(target, i, run, rows[(int) ((from + i) / length)], inverses, column);
          }
        });
  }

  private static void multiply(
      MemorySegment values, long first, int count, float factor, float[] factors, int column) {
    for (int i = 0; i < count; i++) {
      float value = values.getAtIndex(FLOAT, first + i) * factor;
      values.setAtIndex(FLOAT, first + i, value * factors[column + i]);
    }
  }
}

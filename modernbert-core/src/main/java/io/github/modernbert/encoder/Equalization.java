package io.github.modernbert.encoder;

import static io.github.modernbert.encoder.EncoderWeights.ATTENTION_NORM;
import static io.github.modernbert.encoder.EncoderWeights.ATTENTION_OUT;
import static io.github.modernbert.encoder.EncoderWeights.MLP_NORM;
import static io.github.modernbert.encoder.EncoderWeights.MLP_OUT;
import static io.github.modernbert.encoder.EncoderWeights.WI;
import static io.github.modernbert.encoder.EncoderWeights.WQKV;

import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.kernels.FloatSource;
import io.github.modernbert.kernels.ScaledWeights;
import io.github.modernbert.kernels.SquareSums;
import io.github.modernbert.kernels.WeightCode;
import io.github.modernbert.weights.Checkpoint;
import io.github.modernbert.weights.QuantizedTensor;
import io.github.modernbert.weights.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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

  /** Rows that are read at a time, a multiple of {@link SquareSums#ROWS}. */
  private static final int ROWS = 32;

  /** Of rows with more columns only {@link SquareSums#ROWS} are read at a time. */
  private static final int WIDE = 1 << 14;

  private final Checkpoint checkpoint;
  private final String layer;
  private final @Nullable WeightCode code;
  private final Map<String, FloatSource> changed = new HashMap<>();

  private Equalization(Checkpoint checkpoint, String layer, @Nullable WeightCode code) {
    this.checkpoint = checkpoint;
    this.layer = layer;
    this.code = code;
  }

  /**
   * The tensors of a layer that change, by name.
   *
   * @param layer what the names of its tensors begin with
   * @param code computes the factors where it can, with the same bits; if it is given
   * @return nothing if the checkpoint holds integers
   */
  static Map<String, FloatSource> of(
      ModernBertConfig config,
      Checkpoint checkpoint,
      String layer,
      boolean isFirst,
      Optional<WeightCode> code) {
    var equalization = new Equalization(checkpoint, layer, code.orElse(null));
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
    double[] squares = squares(weight, rows, columns);
    var factors = new float[columns];
    for (int c = 0; c < columns; c++) {
      float factor = (float) Math.sqrt(squares[c]);
      factors[c] = factor >= 1 / MOST && factor <= MOST ? factor : 1f;
    }
    return factors;
  }

  /** The mean over rows of the squares of each column, each divided by the mean of its row's. */
  private double[] squares(Tensor weight, int rows, int columns) {
    SquareSums sums = code != null && code.fits(columns) ? code : new SquareLoops(columns);
    int height = columns <= WIDE ? ROWS : SquareSums.ROWS;
    var some = new float[height * columns];
    var scales = new double[height];
    var squares = new double[columns];
    for (int r = 0; r < rows; r += height) {
      int floats = Math.min(height, rows - r) * columns;
      weight.readFloats((long) r * columns, floats, MemorySegment.ofArray(some));
      Arrays.fill(some, floats, some.length, 0f);
      sums.rowSquares(some, height, columns, scales);
      for (int i = 0; i < height; i++) {
        if (scales[i] > 0) {
          scales[i] = columns / (scales[i] * rows);
        } else {
          // Zeros, which add nothing; or NaN, which shall not either.
          Arrays.fill(some, i * columns, (i + 1) * columns, 0f);
          scales[i] = 0;
        }
      }
      sums.addSquares(some, height, columns, scales, squares);
    }
    return squares;
  }

  /** Multiplies a norm's weight and, if it is there, its bias. */
  private void multiply(String name, float[] factors) {
    multiply(tensor(name, ".weight").requireShape(factors.length), factors);
    checkpoint
        .find(layer + name + ".bias")
        .ifPresent(bias -> multiply(bias.requireShape(factors.length), factors));
  }

  private void multiply(Tensor vector, float[] factors) {
    changed.put(
        vector.name(),
        (from, count, target) -> {
          var values = new float[Math.toIntExact(count)];
          vector.readFloats(from, count, MemorySegment.ofArray(values));
          for (int i = 0; i < values.length; i++) {
            values[i] *= factors[Math.toIntExact(from + i)];
          }
          MemorySegment.copy(values, 0, target, FLOAT, 0, values.length);
        });
  }

  /** Multiplies rows of a weight, and its bias if it is there, and divides columns. */
  private void change(String name, float[] rows, float[] columns) {
    change(tensor(name, ".weight").requireShape(rows.length, columns.length), rows, columns);
    checkpoint
        .find(layer + name + ".bias")
        .ifPresent(bias -> multiply(bias.requireShape(rows.length), rows));
  }

  /** The matrix, which is read in whole rows, with each row multiplied and each column divided. */
  private void change(Tensor matrix, float[] rows, float[] columns) {
    var inverses = new float[columns.length];
    for (int c = 0; c < columns.length; c++) {
      inverses[c] = 1 / columns[c];
    }
    changed.put(
        matrix.name(),
        new ScaledWeights(matrix::readFloats, new ScaledWeights.Factors(rows, inverses)));
  }
}

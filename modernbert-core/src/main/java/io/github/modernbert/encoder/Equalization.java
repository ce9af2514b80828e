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

  /** Rows that are summed side by side, since each addition waits for the one before it. */
  private static final int ROWS = 4;

  /** Rows of a call of machine code. */
  private static final int ROWS_OF_CODE = 32;

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
    var squares = new double[columns];
    if (code != null && code.fits(columns)) {
      addSquares(weight, rows, squares, code);
    } else {
      addSquares(weight, rows, squares);
    }
    var factors = new float[columns];
    for (int c = 0; c < columns; c++) {
      float factor = (float) Math.sqrt(squares[c]);
      factors[c] = factor >= 1 / MOST && factor <= MOST ? factor : 1f;
    }
    return factors;
  }

  /** Adds the squares of columns, each times the scale of its row. */
  private static void addSquares(Tensor weight, int rows, double[] squares, WeightCode code) {
    int columns = squares.length;
    var some = new float[ROWS_OF_CODE * columns];
    var sums = new double[ROWS_OF_CODE];
    for (int r = 0; r < rows; r += ROWS_OF_CODE) {
      int count = Math.min(ROWS_OF_CODE, rows - r);
      long floats = (long) count * columns;
      weight.readFloats((long) r * columns, floats, MemorySegment.ofArray(some));
      int whole = Math.ceilDiv(count, WeightCode.ROWS) * WeightCode.ROWS;
      Arrays.fill(some, (int) floats, whole * columns, 0f);
      code.rowSquares(some, whole, columns, sums);
      for (int i = 0; i < count; i++) {
        if (sums[i] > 0) {
          sums[i] = columns / (sums[i] * rows);
        } else {
          // Zeros, which add nothing; or NaN, which shall not either.
          Arrays.fill(some, i * columns, (i + 1) * columns, 0f);
          sums[i] = 0;
        }
      }
      code.addSquares(some, count, columns, sums, squares);
    }
  }

  /** The same in Java. */
  private static void addSquares(Tensor weight, int rows, double[] squares) {
    int columns = squares.length;
    var some = new float[ROWS][columns];
    var sums = new double[ROWS];
    for (int r = 0; r < rows; r += ROWS) {
      int count = Math.min(ROWS, rows - r);
      for (int i = 0; i < ROWS; i++) {
        if (i < count) {
          weight.readFloats((long) (r + i) * columns, columns, MemorySegment.ofArray(some[i]));
        } else {
          Arrays.fill(some[i], 0f);
        }
      }
      sumSquares(some[0], some[1], some[2], some[3], sums);
      if (sums[0] > 0 && sums[1] > 0 && sums[2] > 0 && sums[3] > 0) {
        addSquares(
            some[0],
            columns / (sums[0] * rows),
            some[1],
            columns / (sums[1] * rows),
            some[2],
            columns / (sums[2] * rows),
            some[3],
            columns / (sums[3] * rows),
            squares);
        continue;
      }
      for (int i = 0; i < count; i++) {
        if (sums[i] > 0) {
          addSquares(some[i], columns / (sums[i] * rows), squares);
        }
      }
    }
  }

  /** Computes the sum of the squares of each row, in ascending order. */
  private static void sumSquares(float[] a, float[] b, float[] c, float[] d, double[] sums) {
    double ofA = 0;
    double ofB = 0;
    double ofC = 0;
    double ofD = 0;
    for (int i = 0; i < a.length; i++) {
      ofA += (double) a[i] * a[i];
      ofB += (double) b[i] * b[i];
      ofC += (double) c[i] * c[i];
      ofD += (double) d[i] * d[i];
    }
    sums[0] = ofA;
    sums[1] = ofB;
    sums[2] = ofC;
    sums[3] = ofD;
  }

  /** Adds the scaled squares of four rows, one row after the other. */
  private static void addSquares(
      float[] a,
      double ofA,
      float[] b,
      double ofB,
      float[] c,
      double ofC,
      float[] d,
      double ofD,
      double[] squares) {
    for (int i = 0; i < squares.length; i++) {
      double sum = squares[i] + (double) a[i] * a[i] * ofA + (double) b[i] * b[i] * ofB;
      squares[i] = sum + (double) c[i] * c[i] * ofC + (double) d[i] * d[i] * ofD;
    }
  }

  private static void addSquares(float[] row, double scale, double[] squares) {
    for (int i = 0; i < squares.length; i++) {
      squares[i] += (double) row[i] * row[i] * scale;
    }
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

package io.github.modernbert.tasks;

import io.github.modernbert.config.ActivationFunction;
import io.github.modernbert.encoder.Activations;
import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.Matrix;
import java.util.Optional;

/**
 * The activation functions of modules and of cross-encoders. Those that the encoder uses, too, are
 * computed by the kernels; the others of {@code torch.nn} here, in float64 and rounded once, since
 * what they are applied to is small.
 */
public final class VectorActivation {
  private static final double SELU_SCALE = 1.0507009873554804934193349852946;
  private static final double SELU_ALPHA = 1.6732632423543772848170429916717;
  private static final double LEAKY_SLOPE = 0.01;

  /** The mean of the slopes from 1/8 to 1/3 that are drawn in training. */
  private static final double RRELU_SLOPE = (1.0 / 8 + 1.0 / 3) / 2;

  private static final double SHRINK = 0.5;
  private static final double SOFTPLUS_THRESHOLD = 20;

  private VectorActivation() {}

  /** Applies a function to each row of a matrix, in place. */
  static void apply(ActivationFunction function, Kernels kernels, Matrix rows) {
    Optional<Activation> known = Activations.find(function);
    if (known.isPresent()) {
      kernels.activate(known.get(), rows);
      return;
    }
    for (int r = 0; r < rows.rows(); r++) {
      rows.setRow(r, apply(function, rows.row(r)));
    }
  }

  /** The values of a function at a vector, in the same array. */
  public static float[] apply(ActivationFunction function, float[] x) {
    if (function.mixesVector()) {
      return softmax(function, x);
    }
    Optional<Activation> known = Activations.find(function);
    for (int i = 0; i < x.length; i++) {
      x[i] = known.isPresent() ? known.get().apply(x[i]) : (float) value(function, x[i]);
    }
    return x;
  }

  private static double value(ActivationFunction function, double x) {
    return switch (function) {
      case ELU, CELU -> x > 0 ? x : StrictMath.expm1(x);
      case SELU -> SELU_SCALE * (x > 0 ? x : SELU_ALPHA * StrictMath.expm1(x));
      case HARDSHRINK -> x >= -SHRINK && x <= SHRINK ? 0 : x;
      case HARDSIGMOID -> between(x + 3, 0, 6) / 6;
      case HARDSWISH -> x * between(x + 3, 0, 6) / 6;
      case HARDTANH -> between(x, -1, 1);
      case LEAKY_RELU -> x > 0 ? x : LEAKY_SLOPE * x;
      case LOG_SIGMOID -> -softplus(-x);
      case MISH -> x * StrictMath.tanh(softplus(x));
      case RELU6 -> between(x, 0, 6);
      case RRELU -> x > 0 ? x : RRELU_SLOPE * x;
      case SOFTPLUS -> x > SOFTPLUS_THRESHOLD ? x : softplus(x);
      case SOFTSHRINK -> x > SHRINK ? x - SHRINK : x < -SHRINK ? x + SHRINK : x * 0;
      case SOFTSIGN -> x / (1 + Math.abs(x));
      case TANHSHRINK -> x - StrictMath.tanh(x);
      default -> throw new IllegalArgumentException(function + " is not a function of one value");
    };
  }

  /** x limited to a range; NaN stays what it is. */
  private static double between(double x, double least, double most) {
    return x < least ? least : x > most ? most : x;
  }

  /** log(1 + exp(x)), without overflow. */
  private static double softplus(double x) {
    return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
  }

  private static float[] softmax(ActivationFunction function, float[] x) {
    double sign = function == ActivationFunction.SOFTMIN ? -1 : 1;
    double largest = Double.NEGATIVE_INFINITY;
    for (float value : x) {
      largest = Math.max(largest, sign * value);
    }
    double sum = 0;
    for (float value : x) {
      sum += StrictMath.exp(sign * value - largest);
    }
    double logarithm = StrictMath.log(sum);
    for (int i = 0; i < x.length; i++) {
      double shifted = sign * x[i] - largest;
      x[i] =
          (float)
              (function == ActivationFunction.LOG_SOFTMAX
                  ? shifted - logarithm
                  : StrictMath.exp(shifted) / sum);
    }
    return x;
  }
}

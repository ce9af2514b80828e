package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Matrix.FLOAT;

import java.lang.foreign.Arena;

/**
 * Products and norms over at most {@link Kernels#SMALL} elements, in float64 and rounded once.
 *
 * <p>Models that narrow amplify single roundings: on the golden checkpoints (hidden sizes 16 to 64)
 * float32 chains have the rms error of the reference, but on some token in a few checkpoints up to
 * three times its largest; summed in float64 it is half the rms and about the largest. Models for
 * use are wider, so this need not be fast.
 */
final class SmallSums {
  private SmallSums() {}

  /** {@code y = x · Wᵀ + b}, or that added to y. */
  static void multiply(Matrix x, FloatPanels w, Matrix y, boolean add) {
    int width = w.panelWidth();
    var weights = new double[w.depth() * width];
    var offsets = new double[width];
    var sums = new double[width];
    Matrix bias = w.bias();
    for (int column = 0; column < w.rows(); column += width) {
      int count = Math.min(width, w.rows() - column);
      long panel = w.panelOffset(column / width);
      for (int i = 0; i < weights.length; i++) {
        weights[i] = w.panels().get(FLOAT, panel + (long) i * Float.BYTES);
      }
      for (int n = 0; n < count; n++) {
        offsets[n] = bias == null ? 0 : bias.get(0, column + n);
      }
      for (int r = 0; r < x.rows(); r++) {
        System.arraycopy(offsets, 0, sums, 0, width);
        for (int k = 0; k < w.depth(); k++) {
          double value = x.get(r, k);
          int at = k * width;
          for (int n = 0; n < width; n++) {
            sums[n] += value * weights[at + n];
          }
        }
        for (int n = 0; n < count; n++) {
          y.set(r, column + n, (float) (add ? y.get(r, column + n) + sums[n] : sums[n]));
        }
      }
    }
  }

  /** {@code y = activation(x · Uᵀ + b) ⊙ (x · Gᵀ + c)}. */
  static void multiplyGate(
      Matrix x, FloatPanels u, FloatPanels g, Activation activation, Matrix y) {
    try (Arena arena = Arena.ofConfined()) {
      Matrix gates = Matrix.allocate(arena, x.rows(), g.rows());
      multiply(x, u, y, false);
      multiply(x, g, gates, false);
      for (int r = 0; r < x.rows(); r++) {
        for (int n = 0; n < u.rows(); n++) {
          y.set(r, n, activation.apply(y.get(r, n)) * gates.get(r, n));
        }
      }
    }
  }

  /** Layer normalisation; y may be x. */
  static void layerNorm(Matrix x, LayerNorm norm, Matrix y) {
    int count = x.columns();
    Matrix bias = norm.bias();
    for (int r = 0; r < x.rows(); r++) {
      double sum = 0;
      for (int i = 0; i < count; i++) {
        sum += x.get(r, i);
      }
      double mean = sum / count;
      double squares = 0;
      for (int i = 0; i < count; i++) {
        double d = x.get(r, i) - mean;
        squares += d * d;
      }
      double inverse = 1 / Math.sqrt(squares / count + norm.epsilon());
      for (int i = 0; i < count; i++) {
        double scaled = (x.get(r, i) - mean) * inverse * norm.weight().get(0, i);
        y.set(r, i, (float) (bias == null ? scaled : scaled + bias.get(0, i)));
      }
    }
  }
}

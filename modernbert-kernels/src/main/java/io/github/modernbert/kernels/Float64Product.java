package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Matrix.FLOAT;

import java.lang.foreign.Arena;

/**
 * Products over at most {@link Kernels#FLOAT64_MAX_DEPTH} input features, with weights of float32,
 * summed in float64 in ascending order and rounded once. The same for all kernels.
 *
 * <p>Models that are so narrow amplify single roundings: on the golden checkpoints (hidden sizes 16
 * to 64) float32 chains have the rms error of the reference, but on some token in a few checkpoints
 * up to three times its largest; summed in float64 it is half the rms and about the largest. Models
 * for use are wider, so this need not be fast.
 */
record Float64Product() implements MatrixProduct {
  @Override
  public String name() {
    return "portable (float64)";
  }

  @Override
  public int panelWidth() {
    return 32;
  }

  @Override
  public void multiply(Matrix x, PackedMatrix w, Matrix y, StoreMode mode, Scratch scratch) {
    int width = panelWidth();
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
          y.set(
              r,
              column + n,
              (float) (mode == StoreMode.ADD ? y.get(r, column + n) + sums[n] : sums[n]));
        }
      }
    }
  }

  @Override
  public void multiplyGate(
      Matrix x, PackedMatrix u, PackedMatrix g, Activation activation, Matrix y, Scratch scratch) {
    try (Arena arena = Arena.ofConfined()) {
      Matrix gates = Matrix.allocate(arena, x.rows(), g.rows());
      multiply(x, u, y, StoreMode.OVERWRITE, scratch);
      multiply(x, g, gates, StoreMode.OVERWRITE, scratch);
      for (int r = 0; r < x.rows(); r++) {
        for (int n = 0; n < u.rows(); n++) {
          y.set(r, n, activation.apply(y.get(r, n)) * gates.get(r, n));
        }
      }
    }
  }
}

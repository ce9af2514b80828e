package io.github.modernbert.kernels;

import org.jspecify.annotations.Nullable;

/**
 * Parameters of a layer normalisation (Ba et al., arXiv:1607.06450).
 *
 * @param weight one row
 * @param bias one row, or null
 * @param epsilon added to the variance
 */
public record LayerNorm(Matrix weight, @Nullable Matrix bias, float epsilon) {
  /**
   * Normalises rows in float64, rounded once: for narrow models, for the reason that {@link
   * Float64Product} gives.
   */
  void applyInFloat64(Matrix x, Matrix y) {
    int count = x.columns();
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
      double inverse = 1 / Math.sqrt(squares / count + epsilon);
      for (int i = 0; i < count; i++) {
        double scaled = (x.get(r, i) - mean) * inverse * weight.get(0, i);
        y.set(r, i, (float) (bias == null ? scaled : scaled + bias.get(0, i)));
      }
    }
  }
}

package io.github.modernbert.kernels;

import java.util.Optional;

/**
 * An implementation of products with weight matrices: {@code x · Wᵀ + b}. A {@link PackedMatrix} is
 * laid out for one of them and knows which. Stateless and safe for use by several threads.
 *
 * <p>Sums over blocks of {@link Kernels#DEPTH_BLOCK} input features, each one chain of fused
 * multiply-adds from +0 in ascending order, are added in ascending order, then the bias, then the
 * result to y if it is added. Products with {@link Int8Panels} are those of {@link Quantization}.
 */
public interface MatrixProduct extends Operation {
  /** Machine code that packs weights for this product; empty if they are packed in Java. */
  default Optional<WeightCode> weightCode() {
    return Optional.empty();
  }

  /** Output features of a panel, the most that it has. */
  int panelWidth();

  /**
   * Output features of a panel of one matrix.
   *
   * @param features output features of the matrix
   */
  default int panelWidth(int features) {
    return panelWidth();
  }

  /**
   * {@code y = x · Wᵀ + b}, or that added to y.
   *
   * @param x rows × depth
   * @param w packed for this product
   * @param y rows × output features
   */
  void multiply(Matrix x, PackedMatrix w, Matrix y, StoreMode mode, Scratch scratch);

  /**
   * {@code y = activation(x · Uᵀ + b) ⊙ (x · Gᵀ + c)}.
   *
   * @param u packed for this product
   * @param g packed for this product, of the shape of u
   */
  void multiplyGate(
      Matrix x, PackedMatrix u, PackedMatrix g, Activation activation, Matrix y, Scratch scratch);

  /**
   * The number of rows that a product should take at a time, so that they stay in the second-level
   * cache while all panels pass.
   *
   * @param step the result is a multiple of it
   */
  static int cachedRows(int depth, int step) {
    // In a second-level cache of two megabytes, beside panels.
    int cachedFloats = 264 << 10;
    return Math.max(1, cachedFloats / depth / step) * step;
  }
}

package io.github.modernbert.kernels;

/**
 * An implementation of what is done to rows between products: norms, activations, the ends of
 * products, and the split of heads. Stateless and safe for use by several threads.
 */
public interface RowOperations extends Operation {
  /**
   * Layer normalisation over more than {@link Kernels#FLOAT64_MAX_DEPTH} columns: mean and variance
   * are sums in the order of {@link Reduction}; y may be x.
   */
  void layerNorm(Matrix x, LayerNorm norm, Matrix y);

  /**
   * {@code x[i] = activation(x[i])}; whole vectors are read and written.
   *
   * @param t as many floats for intermediate results, rounded up to {@link Reduction#LANES}
   */
  void activate(Activation activation, float[] x, int count, float[] t);

  /**
   * The end of a product: y becomes sums with their bias, or that is added to it.
   *
   * @param sums the product with a panel
   * @param y the columns of that panel
   */
  void store(PanelRows sums, PackedMatrix w, int panel, Matrix y, StoreMode mode);

  /**
   * The end of a gate: {@code y = activation(u) · g}.
   *
   * @param u a product with a panel, with its bias; overwritten
   * @param g the other product
   * @param y the columns of those panels
   * @param t as many floats for intermediate results as y has rows of panels
   */
  void gate(Activation activation, PanelRows u, PanelRows g, Matrix y, float[] t);

  /** See {@link Kernels#splitHeads}. */
  void splitHeads(HeadSplit split);
}

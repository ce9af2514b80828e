package io.github.modernbert.kernels;

/** What results of a product do to the values that lie where they go: beta of BLAS, 0 or 1. */
public enum StoreMode {
  /** {@code y = result}. */
  OVERWRITE,

  /** {@code y = y + result}. */
  ADD
}

package io.github.modernbert.kernels;

/** How weight matrices are kept in memory. */
public enum WeightFormat {
  /** As they are. */
  FLOAT32,

  /**
   * The upper halves of float32, rounded to the nearest, ties to even; products are those of
   * float32 kernels with the weights widened again. Exact for what was bfloat16 before.
   */
  BFLOAT16,

  /** See {@link Quantization}. */
  INT8
}

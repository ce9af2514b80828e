package io.github.modernbert;

import java.util.Locale;

/**
 * What the linear layers of the encoder are computed in. Embeddings, norms, attention scores,
 * softmax and the heads of tasks are float32 with either.
 *
 * <p>Results of either have the same bits alone and in any batch, on any number of threads, with
 * any kernels.
 */
public enum Precision {
  /** Float32: the results of the reference within float rounding. */
  FLOAT32,

  /**
   * 8-bit integers with exact sums: weights with a scale for each output feature, activations with
   * a scale for each row, made as they are used, without calibration. Less memory and, where the
   * processor has instructions for it, less time; results differ from float32 in the third digit or
   * so, which rankings hardly notice. Weights on disk stay as they are.
   *
   * <p>The token embeddings are kept as bfloat16: with them in float32, a base model would take
   * more than a third of its memory.
   */
  INT8;

  /** As options and reports call it, such as {@code int8}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}

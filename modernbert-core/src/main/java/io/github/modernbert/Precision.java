package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import java.util.Locale;

/**
 * The arithmetic of the encoder's products: its linear layers, and those of attention. Embeddings,
 * norms, softmax and the heads of tasks are float32 with either.
 *
 * <p>With either, results have the same bits alone and in any batch, on any number of threads, with
 * any kernels.
 */
public enum Precision {
  /** Float32: the results of the reference within float rounding. */
  FLOAT32,

  /**
   * 8-bit integers with exact sums: weights have a scale for each output feature, activations a
   * scale for each row, computed when they are used, without calibration. So have queries, keys and
   * values, and the weights of the softmax in their turn. Takes a third of the memory and, where
   * the processor has instructions for it, less time. Loading takes longer, unless {@link
   * Models#quantize} has quantized the weights before. Results are close to float32: for the texts
   * that the bundled model is tested with, the cosine is 0.99996 on average and at least 0.99987.
   * Weights on disk are not changed.
   *
   * <p>The token embeddings are kept as bfloat16: with them in float32, a base model would take
   * more than 0.4 of its memory.
   */
  INT8;

  /** The name in options and reports, such as {@code int8}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Parses the name of a precision.
   *
   * @param key the name as {@link #key} gives it, such as {@code int8}; case and spaces around it
   *     do not matter
   * @return the precision of that name
   * @throws IllegalArgumentException if it is null or there is none of that name; the message lists
   *     the names
   */
  public static Precision of(String key) {
    return Arguments.constant("precision", key, values(), Precision::key);
  }
}

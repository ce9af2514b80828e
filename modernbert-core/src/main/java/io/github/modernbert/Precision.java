package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import java.util.Locale;

/**
 * The arithmetic of the encoder's linear layers. Embeddings, norms, attention scores, softmax and
 * the heads of tasks are float32 with either.
 *
 * <p>Results of either have the same bits alone and in any batch, on any number of threads, with
 * any kernels.
 */
public enum Precision {
  /** Float32: the results of the reference within float rounding. */
  FLOAT32,

  /**
   * 8-bit integers with exact sums: weights with a scale for each output feature, activations with
   * a scale for each row, made as they are used, without calibration. A third of the memory and,
   * where the processor has instructions for it, less time; loading takes longer, unless {@link
   * Models#quantize} has done the work before. Results are close: over the texts that the bundled
   * model is tested with, the cosine to float32 is 0.99996 on average, 0.99989 at worst. Weights on
   * disk stay as they are.
   *
   * <p>The token embeddings are kept as bfloat16: with them in float32, a base model would take
   * more than 0.4 of its memory.
   */
  INT8;

  /** As options and reports call it, such as {@code int8}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Parses a key, such as {@code int8}. Case and spaces around it do not matter.
   *
   * @throws IllegalArgumentException if there is no such precision; the message lists the keys
   */
  public static Precision of(String key) {
    return Arguments.constant("precision", key, values(), Precision::key);
  }
}

package io.github.modernbert;

import io.github.modernbert.kernels.WeightFormat;
import io.github.modernbert.tasks.Arguments;
import java.util.Locale;

/**
 * How weights that are computed in float32 are kept in memory: those of linear layers, of the
 * encoder and of heads, and the token embeddings. Norms, biases and the dense modules of
 * sentence-transformers, which are small, are float32 with either.
 */
public enum WeightType {
  /** As they are; whatever the file holds is widened exactly. */
  FLOAT32,

  /**
   * The upper halves of float32, rounded to the nearest, ties to even: half the memory. Exact, with
   * the bits of {@link #FLOAT32}, if the checkpoint is bfloat16; of others three significant digits
   * remain of each weight. Arithmetic is float32: weights are widened as they are used. Layers with
   * at most 128 input features stay float32.
   */
  BFLOAT16;

  /** As options and reports call it, such as {@code bfloat16}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Parses a key, such as {@code bfloat16}. Case and spaces around it do not matter.
   *
   * @throws IllegalArgumentException if there is no such type; the message lists the keys
   */
  public static WeightType of(String key) {
    return Arguments.constant("weights", key, values(), WeightType::key);
  }

  WeightFormat format() {
    return switch (this) {
      case FLOAT32 -> WeightFormat.FLOAT32;
      case BFLOAT16 -> WeightFormat.BFLOAT16;
    };
  }
}

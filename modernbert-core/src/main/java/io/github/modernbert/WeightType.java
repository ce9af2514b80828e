package io.github.modernbert;

import io.github.modernbert.kernels.WeightFormat;
import io.github.modernbert.tasks.Arguments;
import java.util.Locale;

/**
 * The type in which weights of float32 layers are kept in memory: those of linear layers, of the
 * encoder and of heads, and the token embeddings. Norms, biases and the dense modules of
 * sentence-transformers, which are small, are float32 with either.
 */
public enum WeightType {
  /** Float32; the types of checkpoints are widened to it exactly. */
  FLOAT32,

  /**
   * Bfloat16, rounded to the nearest, ties to even: half the memory. Results have the bits of
   * {@link #FLOAT32} if the checkpoint is bfloat16; of other checkpoints about three significant
   * digits remain of each weight. Arithmetic is float32: weights are widened as they are used.
   * Layers with at most 128 input features stay float32.
   */
  BFLOAT16;

  /** The name in options and reports, such as {@code bfloat16}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Parses the name of a type.
   *
   * @param key the name as {@link #key} gives it, such as {@code bfloat16}; case and spaces around
   *     it do not matter
   * @return the type of that name
   * @throws IllegalArgumentException if it is null or there is none of that name; the message lists
   *     the names
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

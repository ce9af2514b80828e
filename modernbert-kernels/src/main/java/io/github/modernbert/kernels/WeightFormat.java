package io.github.modernbert.kernels;

import java.util.Locale;

/** Number formats of weight matrices in memory. */
public enum WeightFormat {
  /** Float32, as they are. */
  FLOAT32,

  /**
   * Bfloat16, the upper halves of float32, rounded to the nearest, ties to even; products are those
   * of float32 kernels with the weights widened again. Exact for what was bfloat16 before.
   */
  BFLOAT16,

  /** 8-bit integers with scales; see {@link Quantization}. */
  INT8;

  /** The format's name in words, such as {@code float32}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

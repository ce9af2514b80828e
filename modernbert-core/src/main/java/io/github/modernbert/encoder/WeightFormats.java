package io.github.modernbert.encoder;

import io.github.modernbert.kernels.WeightFormat;

/**
 * The formats in which the weights of a model are kept in memory, unless the checkpoint holds
 * integers.
 *
 * @param layers of linear layers of the encoder
 * @param others of linear layers of heads; not integers
 */
public record WeightFormats(WeightFormat layers, WeightFormat others) {
  /** All weights as float32. */
  public static final WeightFormats FLOAT32 =
      new WeightFormats(WeightFormat.FLOAT32, WeightFormat.FLOAT32);
}

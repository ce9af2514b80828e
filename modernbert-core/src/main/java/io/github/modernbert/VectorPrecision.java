package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import java.util.Locale;

/**
 * How {@link QuantizedEmbeddings} keep a vector, as {@code quantize_embeddings} of
 * sentence-transformers names it.
 */
public enum VectorPrecision {
  /** A signed byte for each dimension: a quarter of the memory. */
  INT8,
  /** An unsigned byte for each dimension: a quarter of the memory. */
  UINT8,
  /** A bit for each dimension, packed into signed bytes: a 32nd of the memory. */
  BINARY,
  /** A bit for each dimension, packed into unsigned bytes: a 32nd of the memory. */
  UBINARY;

  /** As options and files call it, such as {@code int8}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Parses a key, such as {@code ubinary}. Case and spaces around it do not matter.
   *
   * @throws IllegalArgumentException if there is no such precision; the message lists the keys
   */
  public static VectorPrecision of(String key) {
    return Arguments.constant("precision", key, values(), VectorPrecision::key);
  }

  /** Whether a dimension is a bit, not a byte. */
  public boolean isBinary() {
    return this == BINARY || this == UBINARY;
  }

  /** Whether bytes are signed. */
  boolean isSigned() {
    return this == INT8 || this == BINARY;
  }

  /** How many bytes a vector takes. */
  int bytes(int dimension) {
    return isBinary() ? Math.ceilDiv(dimension, Byte.SIZE) : dimension;
  }
}

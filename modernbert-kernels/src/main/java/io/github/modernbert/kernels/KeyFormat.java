package io.github.modernbert.kernels;

/** How {@link KeyValues} hold elements; a step of attention reads one of these. */
public enum KeyFormat {
  /** In float32. */
  FLOATS,

  /** As 8-bit integers in panels of {@link Int8Panels}, for instructions that multiply bytes. */
  BYTES,

  /** As 8-bit integers that are floats in memory, laid out like these: for loops in Java. */
  WIDENED_BYTES
}

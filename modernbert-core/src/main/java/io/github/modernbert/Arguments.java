package io.github.modernbert;

import org.jspecify.annotations.Nullable;

/** Checks of what callers pass. */
final class Arguments {
  private Arguments() {}

  /** The value, unless it is null. */
  static <T> T notNull(@Nullable T value, String name) {
    if (value == null) {
      throw new IllegalArgumentException(name + " is null");
    }
    return value;
  }

  /** An element of a list, unless it is null. */
  static <T> T element(@Nullable T value, String list, long index) {
    if (value == null) {
      throw new IllegalArgumentException(list + "[" + index + "] is null");
    }
    return value;
  }
}

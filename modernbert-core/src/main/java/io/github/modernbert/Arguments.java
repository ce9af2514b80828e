package io.github.modernbert;

import java.util.ArrayList;
import java.util.List;
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

  /** A copy of a list, unless it or an element is null. */
  private static <T> List<T> elements(@Nullable List<T> values, String list) {
    var copy = new ArrayList<T>();
    for (T value : notNull(values, list)) {
      copy.add(element(value, list, copy.size()));
    }
    return List.copyOf(copy);
  }

  /** A copy of a list, unless it is empty, or it or an element is null. */
  static <T> List<T> notEmpty(@Nullable List<T> values, String list) {
    List<T> copy = elements(values, list);
    if (copy.isEmpty()) {
      throw new IllegalArgumentException(list + ": expected at least one, found none");
    }
    return copy;
  }
}

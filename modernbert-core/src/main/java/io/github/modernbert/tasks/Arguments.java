package io.github.modernbert.tasks;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Checks of arguments. */
public final class Arguments {
  private Arguments() {}

  /** The value, unless it is null. */
  public static <T> T notNull(@Nullable T value, String name) {
    if (value == null) {
      throw new IllegalArgumentException(name + " is null");
    }
    return value;
  }

  /** An element of a list, unless it is null. */
  public static <T> T element(@Nullable T value, String list, long index) {
    if (value == null) {
      throw new IllegalArgumentException(list + "[" + index + "] is null");
    }
    return value;
  }

  /** A copy of a list, unless it or an element is null. */
  public static <T> List<T> elements(@Nullable List<T> values, String list) {
    var copy = new ArrayList<T>();
    for (T value : notNull(values, list)) {
      copy.add(element(value, list, copy.size()));
    }
    return List.copyOf(copy);
  }

  /** A copy of a list, unless it is empty, or it or an element is null. */
  public static <T> List<T> notEmpty(@Nullable List<T> values, String list) {
    List<T> copy = elements(values, list);
    if (copy.isEmpty()) {
      throw new IllegalArgumentException(list + ": expected at least one, found none");
    }
    return copy;
  }

  /** A path, unless it is null, or on another file system than the default one. */
  public static Path onDisk(@Nullable Path path, String name) {
    Path given = notNull(path, name);
    if (given.getFileSystem() != FileSystems.getDefault()) {
      throw new IllegalArgumentException(
          "%s: expected a path on the default file system, where files can be mapped, found %s"
              .formatted(name, given.toUri()));
    }
    return given;
  }

  /** A number, unless it is less than 1. */
  public static int requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, found " + value);
    }
    return value;
  }

  /** A number, unless it is negative. */
  public static int requireNatural(String name, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " must be at least 0, found " + value);
    }
    return value;
  }

  /**
   * The constant of a key, whatever its case.
   *
   * @param name what messages call the value
   * @param constants to choose from
   * @param key what texts call a constant, in lower case
   */
  public static <E extends Enum<E>> E constant(
      String name, @Nullable String text, E[] constants, Function<E, String> key) {
    String wanted = notNull(text, name).strip().toLowerCase(Locale.ROOT);
    for (E constant : constants) {
      if (key.apply(constant).equals(wanted)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(
        "%s: expected one of %s, found '%s'"
            .formatted(
                name, Arrays.stream(constants).map(key).collect(Collectors.joining(", ")), text));
  }
}

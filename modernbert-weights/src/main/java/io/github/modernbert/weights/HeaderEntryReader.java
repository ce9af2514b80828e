package io.github.modernbert.weights;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the description of one tensor. Besides the documented object the reference takes the three
 * values as an array, and a dtype as {@code {"F32": null}}: so do we.
 */
final class HeaderEntryReader {
  /** Tensors have a few dimensions; a forged list must not fill the memory. */
  private static final int MAX_DIMENSIONS = 1 << 16;

  private final HeaderScanner scanner;
  private final String name;
  private @Nullable DType dtype;
  private long @Nullable [] shape;
  private long @Nullable [] offsets;
  private int element;

  HeaderEntryReader(HeaderScanner scanner, String name) {
    this.scanner = scanner;
    this.name = name;
  }

  HeaderEntry read() {
    if (scanner.peek() == '[') {
      scanner.array(
          what("entry"),
          () -> {
            switch (element++) {
              case 0 -> dtype();
              case 1 -> shape();
              case 2 -> offsets();
              default -> throw scanner.error(what("more than dtype, shape and data_offsets"));
            }
          });
    } else {
      scanner.object(what("entry"), this::field);
    }
    if (dtype == null || shape == null || offsets == null) {
      throw scanner.error(
          what(
              (dtype == null ? "dtype" : shape == null ? "shape" : "data_offsets")
                  + " is missing"));
    }
    return new HeaderEntry(name, dtype, shape, offsets[0], offsets[1]);
  }

  private void field(String key) {
    switch (key) {
      case "dtype" -> dtype();
      case "shape" -> shape();
      case "data_offsets" -> offsets();
      default -> scanner.skip();
    }
  }

  private void dtype() {
    once(dtype, "dtype");
    if (scanner.peek() == '{') {
      scanner.object(
          what("dtype"),
          key -> {
            once(dtype, "dtype");
            dtype = named(key);
            if (!scanner.acceptNull()) {
              throw scanner.error(what("dtype must be a string"));
            }
          });
      if (dtype == null) {
        throw scanner.error(what("dtype must be a string"));
      }
    } else {
      dtype = named(scanner.string(what("dtype")));
    }
  }

  private DType named(String text) {
    for (DType type : DType.values()) {
      if (type.name().equals(text)) {
        return type;
      }
    }
    throw scanner.error(
        what("dtype '%s' is none of %s".formatted(text, Arrays.toString(DType.values()))));
  }

  private void shape() {
    once(shape, "shape");
    shape = integers("shape");
  }

  private void offsets() {
    once(offsets, "data_offsets");
    offsets = integers("data_offsets");
    if (offsets.length != 2) {
      throw scanner.error(what("data_offsets must be two integers, found " + offsets.length));
    }
  }

  private long[] integers(String field) {
    var list = new LongList();
    String what = what(field);
    scanner.array(
        what,
        () -> {
          list.add(scanner.unsigned(what));
          if (list.size > MAX_DIMENSIONS) {
            throw scanner.error(what + ": more than " + MAX_DIMENSIONS + " numbers");
          }
        });
    return list.trimmed();
  }

  private void once(@Nullable Object earlier, String field) {
    if (earlier != null) {
      throw scanner.error(what(field + " stands twice"));
    }
  }

  private String what(String field) {
    return "tensor '" + name + "': " + field;
  }

  /** A list of primitive numbers. */
  private static final class LongList {
    private long[] values = new long[4];
    private int size;

    void add(long value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, size + (size >> 1));
      }
      values[size++] = value;
    }

    long[] trimmed() {
      return Arrays.copyOf(values, size);
    }
  }
}

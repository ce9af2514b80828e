package io.github.modernbert.weights;

import io.github.modernbert.files.JsonScanner;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the description of one tensor. Besides the documented object the reference takes the three
 * values as an array, and a dtype as {@code {"F32": null}}: so do we.
 */
final class HeaderEntryReader {
  /** Tensors have a few dimensions; a forged list must not fill the memory. */
  private static final int MAX_DIMENSIONS = 1 << 16;

  private final JsonScanner in;
  private final String name;
  private @Nullable DType dtype;
  private long @Nullable [] shape;
  private long @Nullable [] offsets;

  HeaderEntryReader(JsonScanner in, String name) {
    this.in = in;
    this.name = name;
  }

  HeaderEntry read() throws IOException {
    if (in.peek() == '[') {
      in.beginArray(what("entry"));
      for (int element = 0; in.next(); element++) {
        switch (element) {
          case 0 -> dtype();
          case 1 -> shape();
          case 2 -> offsets();
          default -> throw in.error(what("more than dtype, shape and data_offsets"));
        }
      }
    } else {
      in.beginObject(what("entry"));
      while (in.next()) {
        field(in.key());
      }
    }
    if (dtype == null || shape == null || offsets == null) {
      throw in.error(
          what(
              (dtype == null ? "dtype" : shape == null ? "shape" : "data_offsets")
                  + " is missing"));
    }
    return new HeaderEntry(name, dtype, shape, offsets[0], offsets[1]);
  }

  private void field(String key) throws IOException {
    switch (key) {
      case "dtype" -> dtype();
      case "shape" -> shape();
      case "data_offsets" -> offsets();
      default -> in.skip();
    }
  }

  private void dtype() throws IOException {
    once(dtype, "dtype");
    if (in.peek() == '{') {
      in.beginObject(what("dtype"));
      while (in.next()) {
        once(dtype, "dtype");
        dtype = named(in.key());
        if (!in.acceptNull()) {
          throw in.error(what("dtype must be a string"));
        }
      }
      if (dtype == null) {
        throw in.error(what("dtype must be a string"));
      }
    } else {
      dtype = named(in.string(what("dtype")));
    }
  }

  private DType named(String text) {
    for (DType type : DType.values()) {
      if (type.name().equals(text)) {
        return type;
      }
    }
    throw in.error(
        what("dtype '%s' is none of %s".formatted(text, Arrays.toString(DType.values()))));
  }

  private void shape() throws IOException {
    once(shape, "shape");
    shape = integers("shape");
  }

  private void offsets() throws IOException {
    once(offsets, "data_offsets");
    offsets = integers("data_offsets");
    if (offsets.length != 2) {
      throw in.error(what("data_offsets must be two integers, found " + offsets.length));
    }
  }

  private long[] integers(String field) throws IOException {
    var list = new LongList();
    String what = what(field);
    in.beginArray(what);
    while (in.next()) {
      list.add(in.unsigned(what));
      if (list.size > MAX_DIMENSIONS) {
        throw in.error(what + ": more than " + MAX_DIMENSIONS + " numbers");
      }
    }
    return list.trimmed();
  }

  private void once(@Nullable Object earlier, String field) {
    if (earlier != null) {
      throw in.error(what(field + " stands twice"));
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

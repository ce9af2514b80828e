package io.github.modernbert.weights;

import io.github.modernbert.files.ModelFileException;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The entry of one tensor in a safetensors header. Offsets count from the first byte after the
 * header; they and the dimensions are unsigned 64-bit numbers, as in the format.
 */
record HeaderEntry(String name, DType dtype, long[] shape, long begin, long end) {

  /** Checks that the tensor begins where the one before it ended and has the size of its shape. */
  void check(String file, long expectedBegin) {
    if (begin != expectedBegin || Long.compareUnsigned(end, begin) < 0) {
      throw error(
          file,
          "data_offsets [%s, %s], expected to begin at %s: tensors must neither overlap nor leave gaps"
              .formatted(
                  Long.toUnsignedString(begin),
                  Long.toUnsignedString(end),
                  Long.toUnsignedString(expectedBegin)));
    }
    long bits = checkedBits(file);
    if (bits % 8 != 0) {
      throw error(file, "shape %s of %s does not fill whole bytes".formatted(shapeText(), dtype));
    }
    if (end - begin != bits >>> 3) {
      throw error(
          file,
          "shape %s of %s takes %s bytes, data_offsets [%s, %s] hold %s"
              .formatted(
                  shapeText(),
                  dtype,
                  Long.toUnsignedString(bits >>> 3),
                  Long.toUnsignedString(begin),
                  Long.toUnsignedString(end),
                  Long.toUnsignedString(end - begin)));
    }
  }

  private long checkedBits(String file) {
    long product = 1;
    for (long dimension : shape) {
      product = checkedProduct(file, product, dimension);
    }
    return checkedProduct(file, product, dtype.bits());
  }

  private long checkedProduct(String file, long a, long b) {
    if (Math.unsignedMultiplyHigh(a, b) != 0) {
      throw error(file, "shape %s of %s overflows 64 bits".formatted(shapeText(), dtype));
    }
    return a * b;
  }

  private ModelFileException error(String file, String problem) {
    return new ModelFileException(file, "tensor '" + name + "': " + problem);
  }

  String shapeText() {
    return shapeText(shape);
  }

  /** A shape as messages show it; long ones are cut. */
  static String shapeText(long... shape) {
    String shown =
        Arrays.stream(shape)
            .limit(16)
            .mapToObj(Long::toUnsignedString)
            .collect(Collectors.joining(", "));
    return shape.length <= 16
        ? "[" + shown + "]"
        : "[" + shown + ", ... (" + shape.length + " dimensions)]";
  }
}

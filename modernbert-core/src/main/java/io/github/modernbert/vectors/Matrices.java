package io.github.modernbert.vectors;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.weights.Tensor;
import java.util.List;

/** Shapes of the tensors in files of vectors. */
final class Matrices {
  /** As many as a list can have. */
  private static final int MOST_ROWS = Integer.MAX_VALUE - 8;

  /** Far more than models have; a vector then fits into memory whatever a header claims. */
  private static final int MOST_COLUMNS = 1 << 20;

  private Matrices() {}

  static int rows(Tensor tensor) {
    return length(tensor, 0, 0, MOST_ROWS, "rows");
  }

  static int columns(Tensor tensor) {
    return length(tensor, 1, 1, MOST_COLUMNS, "columns");
  }

  static void requireFloats(Tensor tensor) {
    if (!tensor.dtype().isFloat()) {
      throw error(tensor, "expected dtype F32, F16, BF16 or F64, found " + tensor.dtype());
    }
  }

  private static int length(Tensor tensor, int dimension, int least, int most, String name) {
    List<Long> shape = tensor.shape();
    if (shape.size() != 2) {
      throw error(tensor, "expected a matrix of a row for each vector, found shape " + shape);
    }
    long length = shape.get(dimension);
    if (length < least || length > most) {
      throw error(
          tensor,
          "%s: expected from %d to %d, found %s"
              .formatted(name, least, most, Long.toUnsignedString(length)));
    }
    return (int) length;
  }

  static ModelFileException error(Tensor tensor, String problem) {
    return new ModelFileException(tensor.file(), "tensor '" + tensor.name() + "': " + problem);
  }
}

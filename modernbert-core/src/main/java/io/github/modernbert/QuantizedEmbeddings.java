package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.vectors.BitVectors;
import io.github.modernbert.vectors.ByteVectors;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Vectors as 8-bit integers or bits, as {@code quantize_embeddings} of sentence-transformers makes
 * them: the same bytes. Immutable.
 *
 * {@snippet file="io/github/modernbert/VectorSnippetsTest.java" region="quantize-vectors"}
 *
 * <p>Integers need the range of values of each dimension; see {@link QuantizationRanges}. A bit
 * says whether a value is above 0, and needs nothing.
 */
public final class QuantizedEmbeddings {
  private final VectorPrecision precision;
  private final int dimension;
  private final byte[][] rows;
  private final @Nullable QuantizationRanges ranges;
  private final ByteVectors integers;

  private QuantizedEmbeddings(
      VectorPrecision precision,
      int dimension,
      byte[][] rows,
      @Nullable QuantizationRanges ranges) {
    this.precision = precision;
    this.dimension = dimension;
    this.rows = rows;
    this.ranges = ranges;
    this.integers = new ByteVectors(rows, precision.isSigned());
  }

  /**
   * Quantizes vectors; the ranges of integers are those of the vectors themselves.
   *
   * @throws IllegalArgumentException if an argument is null, or integers are wanted of fewer than
   *     two vectors or of values that are not finite
   */
  public static QuantizedEmbeddings of(Embeddings vectors, VectorPrecision precision) {
    Arguments.notNull(vectors, "vectors");
    if (Arguments.notNull(precision, "precision").isBinary()) {
      return quantized(vectors, precision, null);
    }
    return quantized(vectors, precision, QuantizationRanges.of(vectors));
  }

  /**
   * Quantizes vectors in given ranges; values beyond them become their ends.
   *
   * @param precision one of integers
   * @throws IllegalArgumentException if an argument is null, the precision is one of bits, a value
   *     is NaN, or the ranges are for vectors of another dimension
   */
  public static QuantizedEmbeddings of(
      Embeddings vectors, VectorPrecision precision, QuantizationRanges ranges) {
    Arguments.notNull(vectors, "vectors");
    Arguments.notNull(precision, "precision");
    requireFit(precision, vectors.dimension(), Arguments.notNull(ranges, "ranges"));
    return quantized(vectors, precision, ranges);
  }

  /**
   * Vectors that were quantized before.
   *
   * @param rows the bytes of each vector, which are copied
   * @param dimension how many values each vector has: as many as bytes, or up to 8 in a byte of
   *     bits
   * @throws IllegalArgumentException if an argument is null, or a row does not have the bytes of so
   *     many values
   */
  public static QuantizedEmbeddings of(byte[][] rows, VectorPrecision precision, int dimension) {
    byte[][] copy = Arguments.notNull(rows, "rows").clone();
    int bytes =
        Arguments.notNull(precision, "precision")
            .bytes(Arguments.requirePositive("dimension", dimension));
    for (int i = 0; i < copy.length; i++) {
      copy[i] = Arguments.element(copy[i], "rows", i).clone();
      if (copy[i].length != bytes) {
        throw new IllegalArgumentException(
            "rows[%d]: %d values as %s take %d bytes, found %d"
                .formatted(i, dimension, precision.key(), bytes, copy[i].length));
      }
    }
    return new QuantizedEmbeddings(precision, dimension, copy, null);
  }

  /**
   * The same vectors with the ranges that they were quantized in, which searches with floats need.
   *
   * @throws IllegalArgumentException if the ranges are null or for vectors of another dimension, or
   *     the vectors are bits
   */
  public QuantizedEmbeddings withRanges(QuantizationRanges known) {
    requireFit(precision, dimension, Arguments.notNull(known, "ranges"));
    return new QuantizedEmbeddings(precision, dimension, rows, known);
  }

  private static void requireFit(
      VectorPrecision precision, int dimension, QuantizationRanges ranges) {
    if (precision.isBinary()) {
      throw new IllegalArgumentException(
          "ranges: are for int8 and uint8, found " + precision.key());
    }
    if (ranges.dimension() != dimension) {
      throw new IllegalArgumentException(
          "ranges: expected %d dimensions, found %d".formatted(dimension, ranges.dimension()));
    }
  }

  private static QuantizedEmbeddings quantized(
      Embeddings vectors, VectorPrecision precision, @Nullable QuantizationRanges ranges) {
    var none = new QuantizedEmbeddings(precision, vectors.dimension(), new byte[0][], ranges);
    var rows = new byte[vectors.size()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = none.quantize(vectors.rows().row(i), "vectors[" + i + "]");
    }
    return new QuantizedEmbeddings(precision, vectors.dimension(), rows, ranges);
  }

  /** How many vectors there are. */
  public int size() {
    return rows.length;
  }

  /** How many values each vector has. */
  public int dimension() {
    return dimension;
  }

  /** How vectors are kept. */
  public VectorPrecision precision() {
    return precision;
  }

  /** The ranges of integers; empty for bits, and where they are not known. */
  public Optional<QuantizationRanges> ranges() {
    return Optional.ofNullable(ranges);
  }

  /**
   * The bytes of a vector; the caller's own. Unsigned ones are bytes of the same bits.
   *
   * @throws IndexOutOfBoundsException if there is no such vector
   */
  public byte[] bytes(int index) {
    return row(index).clone();
  }

  /** The vectors as searches take them, if they are integers. */
  ByteVectors integers() {
    return integers;
  }

  byte[] row(int index) {
    return rows[Objects.checkIndex(index, rows.length)];
  }

  /**
   * Quantizes another vector in the same way, such as a query.
   *
   * @throws IllegalArgumentException if it is null, has another dimension or a NaN, or the ranges
   *     of integers are not known
   */
  public byte[] quantize(float[] vector) {
    return quantize(Arguments.notNull(vector, "vector"), "vector");
  }

  private byte[] quantize(float[] vector, String name) {
    requireDimension(vector.length);
    if (precision.isBinary()) {
      return BitVectors.pack(vector, precision.isSigned());
    }
    QuantizationRanges known = requireRanges();
    var bytes = new byte[dimension];
    for (int d = 0; d < dimension; d++) {
      if (Float.isNaN(vector[d])) {
        throw new IllegalArgumentException("%s: NaN in dimension %d".formatted(name, d));
      }
      int value = known.quantize(d, vector[d]);
      bytes[d] = (byte) (precision.isSigned() ? value + Byte.MIN_VALUE : value);
    }
    return bytes;
  }

  /**
   * A vector of floats that the bytes stand for: for integers the lower end of each step, for bits
   * 1 or 0.
   *
   * @throws IndexOutOfBoundsException if there is no such vector
   * @throws IllegalArgumentException if the ranges of integers are not known
   */
  public float[] dequantize(int index) {
    double[] values = values(index);
    var vector = new float[dimension];
    for (int d = 0; d < dimension; d++) {
      vector[d] = (float) values[d];
    }
    return vector;
  }

  /** The product with a vector of floats, in float64 in ascending order. */
  double dot(float[] query, int index) {
    double[] values = values(index);
    double sum = 0;
    for (int d = 0; d < dimension; d++) {
      sum += query[d] * values[d];
    }
    return sum;
  }

  private double[] values(int index) {
    byte[] bytes = row(index);
    var values = new double[dimension];
    if (precision.isBinary()) {
      Arrays.setAll(values, d -> BitVectors.get(bytes, d, precision.isSigned()));
      return values;
    }
    QuantizationRanges known = requireRanges();
    for (int d = 0; d < dimension; d++) {
      int value = precision.isSigned() ? bytes[d] - Byte.MIN_VALUE : Byte.toUnsignedInt(bytes[d]);
      values[d] = known.dequantize(d, value);
    }
    return values;
  }

  private QuantizationRanges requireRanges() {
    if (ranges == null) {
      throw new IllegalArgumentException(
          "ranges: not known of these vectors, which floats cannot be compared with then; see"
              + " withRanges");
    }
    return ranges;
  }

  void requireDimension(int found) {
    if (found != dimension) {
      throw new IllegalArgumentException(
          "vectors of %d and %d dimensions cannot be compared".formatted(found, dimension));
    }
  }
}

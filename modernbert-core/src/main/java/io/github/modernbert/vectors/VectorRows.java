package io.github.modernbert.vectors;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.weights.Checkpoint;
import io.github.modernbert.weights.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.util.Objects;

/** Vectors of float32 of one length: in memory, or in a mapped file. Safe for several threads. */
public sealed interface VectorRows permits VectorRows.InMemory, VectorRows.Mapped {
  /** How many there are. */
  int size();

  /** How many floats each has. */
  int dimension();

  /**
   * One vector, not to be changed.
   *
   * @throws IndexOutOfBoundsException if there is no such vector
   */
  float[] row(int index);

  /** Some vectors, not to be changed. */
  default float[][] rows(int from, int to) {
    var rows = new float[to - from][];
    for (int i = from; i < to; i++) {
      rows[i - from] = row(i);
    }
    return rows;
  }

  /**
   * Vectors in arrays.
   *
   * @param arrays each of {@code dimension} floats
   */
  record InMemory(int dimension, float[][] arrays) implements VectorRows {
    @Override
    public int size() {
      return arrays.length;
    }

    @Override
    public float[] row(int index) {
      return arrays[Objects.checkIndex(index, arrays.length)];
    }
  }

  /** The rows of a matrix in a file, which is mapped as long as this object is reachable. */
  final class Mapped implements VectorRows {
    private static final Cleaner CLEANER = Cleaner.create();

    private final Tensor tensor;
    private final int size;
    private final int dimension;

    /**
     * Takes over a file.
     *
     * @param file closed here if the tensor cannot be used, or else when this object is garbage
     * @throws ModelFileException if the tensor is no matrix of floats, or has more rows or columns
     *     than an array can hold
     */
    public Mapped(Checkpoint file, Tensor tensor) {
      this.tensor = tensor;
      Matrices.requireFloats(tensor);
      this.dimension = Matrices.columns(tensor);
      this.size = Matrices.rows(tensor);
      CLEANER.register(this, file::close);
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public int dimension() {
      return dimension;
    }

    @Override
    public float[] row(int index) {
      var row = new float[dimension];
      long first = (long) Objects.checkIndex(index, size) * dimension;
      tensor.readFloats(first, dimension, MemorySegment.ofArray(row));
      return row;
    }
  }
}

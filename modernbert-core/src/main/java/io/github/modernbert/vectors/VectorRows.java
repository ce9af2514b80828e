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
    return new Reader(this, to - from).read(from, to - from);
  }

  /** Reads runs of vectors, into the same memory each time. Not safe for use by several threads. */
  final class Reader {
    private final VectorRows rows;
    private final float[][] run;

    /**
     * @param most how many vectors are read at a time at most
     */
    Reader(VectorRows rows, int most) {
      this.rows = rows;
      this.run = new float[most][rows instanceof Mapped ? rows.dimension() : 0];
    }

    /**
     * Reads vectors, which are not to be changed.
     *
     * @return the vectors from the first place on, valid until the next run is read
     */
    float[][] read(int from, int count) {
      Objects.checkFromIndexSize(from, count, rows.size());
      switch (rows) {
        case InMemory memory -> System.arraycopy(memory.arrays, from, run, 0, count);
        case Mapped file -> {
          for (int i = 0; i < count; i++) {
            file.read(from + i, run[i]);
          }
        }
      }
      return run;
    }
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
      read(Objects.checkIndex(index, size), row);
      return row;
    }

    private void read(int index, float[] row) {
      tensor.readFloats((long) index * dimension, dimension, MemorySegment.ofArray(row));
    }
  }
}

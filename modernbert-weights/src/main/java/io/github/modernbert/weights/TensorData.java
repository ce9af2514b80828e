package io.github.modernbert.weights;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** The elements of a tensor in row-major order, wherever they lie in a mapped file. */
sealed interface TensorData permits TensorData.Contiguous, TensorData.Strided, LoraData {
  /** The size of all elements. */
  long byteSize();

  /**
   * Some of the bytes: a view of the file or, where they do not lie side by side there, a copy.
   *
   * @throws IndexOutOfBoundsException if they do not lie in the tensor
   */
  MemorySegment bytes(long from, long count);

  /**
   * The elements of a tensor of any strides.
   *
   * @param storage from the first element on
   * @param elementBytes the size of an element
   * @param shape the dimensions, outermost first
   * @param strides the distance of neighbours along each dimension, in elements
   */
  static TensorData of(MemorySegment storage, int elementBytes, long[] shape, long[] strides) {
    long elements = 1;
    boolean contiguous = true;
    for (int i = shape.length - 1; i >= 0; i--) {
      contiguous &= shape[i] == 1 || strides[i] == elements;
      elements *= shape[i];
    }
    return contiguous || elements == 0
        ? new Contiguous(storage.asSlice(0, elements * elementBytes))
        : new Strided(storage, elementBytes, shape, strides, elements);
  }

  /** Elements that lie side by side in their order. */
  record Contiguous(MemorySegment elements) implements TensorData {
    @Override
    public long byteSize() {
      return elements.byteSize();
    }

    @Override
    public MemorySegment bytes(long from, long count) {
      return elements.asSlice(from, count);
    }
  }

  /**
   * Elements at regular distances, as of a matrix that was transposed before it was saved.
   *
   * @param storage from the first element on
   * @param elementBytes the size of an element
   * @param shape the dimensions, outermost first
   * @param strides the distance of neighbours along each dimension, in elements
   * @param elements how many there are
   */
  record Strided(
      MemorySegment storage, int elementBytes, long[] shape, long[] strides, long elements)
      implements TensorData {
    @Override
    public long byteSize() {
      return elements * elementBytes;
    }

    @Override
    public MemorySegment bytes(long from, long count) {
      Objects.checkFromIndexSize(from, count, byteSize());
      long first = from / elementBytes;
      int whole = (int) (Math.ceilDiv(from + count, elementBytes) - first);
      MemorySegment gathered = MemorySegment.ofArray(new byte[whole * elementBytes]);
      long[] index = index(first);
      for (int i = 0; i < whole; i++) {
        MemorySegment.copy(
            storage, at(index) * elementBytes, gathered, (long) i * elementBytes, elementBytes);
        advance(index);
      }
      return gathered.asSlice(from - first * elementBytes, count);
    }

    private long[] index(long element) {
      var index = new long[shape.length];
      long rest = element;
      for (int i = shape.length - 1; i >= 0; i--) {
        index[i] = rest % shape[i];
        rest /= shape[i];
      }
      return index;
    }

    private long at(long[] index) {
      long at = 0;
      for (int i = 0; i < index.length; i++) {
        at += index[i] * strides[i];
      }
      return at;
    }

    private void advance(long[] index) {
      for (int i = index.length - 1; i >= 0 && ++index[i] == shape[i]; i--) {
        index[i] = 0;
      }
    }
  }
}

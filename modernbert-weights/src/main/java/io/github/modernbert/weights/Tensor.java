package io.github.modernbert.weights;

import io.github.modernbert.files.ModelFileException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One tensor of an open {@link Checkpoint}: a view of the mapped file, nothing is copied until it
 * is read. Elements are little endian and in row-major order. Immutable and safe for use by several
 * threads while the checkpoint is open; every method that touches the data throws {@link
 * IllegalStateException} afterwards.
 */
public final class Tensor {
  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

  /** The number of bytes read at a time, which fit the caches. */
  private static final int BLOCK_BYTES = 1 << 16;

  private final Checkpoint checkpoint;
  private final Path file;
  private final String name;
  private final DType dtype;
  private final long[] shape;
  private final TensorData data;

  Tensor(
      Checkpoint checkpoint, Path file, String name, DType dtype, long[] shape, TensorData data) {
    this.checkpoint = checkpoint;
    this.file = file;
    this.name = name;
    this.dtype = dtype;
    this.shape = shape;
    this.data = data;
  }

  Tensor withName(String other) {
    return new Tensor(checkpoint, file, other, dtype, shape, data);
  }

  Tensor withData(String otherName, DType otherType, TensorData other) {
    return new Tensor(checkpoint, file, otherName, otherType, shape, other);
  }

  /** The name in the file, without what wrappers put before it; see {@link Checkpoint#names}. */
  public String name() {
    return name;
  }

  /** The file that holds the tensor, one of the shards if there are several. */
  public Path file() {
    return file;
  }

  /** The stored element type. */
  public DType dtype() {
    return dtype;
  }

  /**
   * The dimensions, outermost first; empty for a single value. Only a tensor without elements can
   * have one above {@link Long#MAX_VALUE}; it is then negative, an unsigned long.
   */
  public List<Long> shape() {
    return Arrays.stream(shape).boxed().toList();
  }

  /** The number of elements: the product of the dimensions. */
  public long elementCount() {
    return data.byteSize() * 8 / dtype.bits();
  }

  /** The stored size. */
  public long byteSize() {
    return data.byteSize();
  }

  /**
   * This tensor, if it has the given shape.
   *
   * @throws ModelFileException naming the tensor, the expected and the found shape, if not
   */
  public Tensor requireShape(long... expected) {
    if (!Arrays.equals(shape, expected)) {
      throw error(
          "expected shape %s, found %s"
              .formatted(HeaderEntry.shapeText(expected), HeaderEntry.shapeText(shape)));
    }
    return this;
  }

  /**
   * Reads all elements as float32: F32 as they are, F16 and BF16 exactly, F64 rounded to nearest.
   *
   * @param target memory for 4 bytes an element, in the byte order of the machine; any alignment
   * @throws ModelFileException if the tensor has another dtype, or the file was shortened meanwhile
   * @throws IllegalArgumentException if the target is too small or read-only
   * @throws IllegalStateException if the checkpoint is closed, before or meanwhile
   */
  public void readFloats(MemorySegment target) {
    readFloats(0, elementCount(), target);
  }

  /**
   * Reads a range of elements, counted in row-major order, as {@link #readFloats(MemorySegment)}
   * does, to the beginning of the target.
   *
   * @throws IndexOutOfBoundsException if the range does not lie in the tensor
   */
  public void readFloats(long fromElement, long count, MemorySegment target) {
    requireFloats();
    Objects.checkFromIndexSize(fromElement, count, elementCount());
    if (target.isReadOnly() || target.byteSize() / Float.BYTES < count) {
      throw new IllegalArgumentException(
          "tensor '%s': %d float32 need a writable target of %d bytes, this one has %d%s"
              .formatted(
                  name(),
                  count,
                  count * Float.BYTES,
                  target.byteSize(),
                  target.isReadOnly() ? " and is read-only" : ""));
    }
    int elementBytes = dtype.bits() / Byte.SIZE;
    int block = BLOCK_BYTES / elementBytes;
    guarded(() -> {
      for (long done = 0; done < count; done += block) {
        long length = Math.min(block, count - done);
        MemorySegment source =
            data.bytes((fromElement + done) * elementBytes, length * elementBytes);
        FloatConversion.widen(dtype, source, length, target.asSlice(done * Float.BYTES));
      }
    });
  }

  /**
   * Fills an array with stored bytes: one element each if the dtype has 8 bits.
   *
   * @param fromByte where to begin
   * @throws IndexOutOfBoundsException if the range does not lie in the tensor
   * @throws ModelFileException if the file was shortened meanwhile
   * @throws IllegalStateException if the checkpoint is closed, before or meanwhile
   */
  public void readBytes(long fromByte, byte[] target) {
    Objects.checkFromIndexSize(fromByte, target.length, byteSize());
    guarded(() -> {
      for (int done = 0; done < target.length; done += BLOCK_BYTES) {
        int length = Math.min(BLOCK_BYTES, target.length - done);
        MemorySegment source = data.bytes(fromByte + done, length);
        MemorySegment.copy(source, ValueLayout.JAVA_BYTE, 0, target, done, length);
      }
    });
  }

  /** Reads from the mapping; a failure becomes an exception that names the file. */
  private void guarded(Runnable read) {
    checkpoint.requireOpen();
    try {
      read.run();
    } catch (IllegalStateException e) {
      checkpoint.requireOpen();
      throw e;
    } catch (InternalError e) {
      // How the JVM reports pages of a mapping that the file no longer has.
      throw error("cannot be read: the file was shortened while it was open", e);
    }
  }

  /**
   * All elements as float32 in an array.
   *
   * @throws ModelFileException if the tensor has a dtype other than F32, F16, BF16, F64
   * @throws IllegalStateException if the checkpoint is closed, or the tensor has more elements than
   *     an array can hold
   */
  public float[] toFloats() {
    requireFloats();
    if (elementCount() > LARGEST_ARRAY) {
      throw new IllegalStateException(
          "tensor '%s' has %d elements, an array holds %d"
              .formatted(name(), elementCount(), LARGEST_ARRAY));
    }
    checkpoint.requireOpen();
    var floats = new float[(int) elementCount()];
    readFloats(MemorySegment.ofArray(floats));
    return floats;
  }

  /**
   * Whether another tensor has the same shape and, as float32, equal elements; 0 and −0 are equal,
   * NaN is equal to nothing.
   *
   * @throws ModelFileException if one has a dtype other than F32, F16, BF16, F64, or a file was
   *     shortened meanwhile
   * @throws IllegalStateException if a checkpoint is closed, before or meanwhile
   */
  public boolean hasValuesOf(Tensor other) {
    if (!Arrays.equals(shape, other.shape)) {
      return false;
    }
    var own = new float[BLOCK_BYTES / Float.BYTES];
    var others = new float[own.length];
    for (long done = 0; done < elementCount(); done += own.length) {
      int length = (int) Math.min(own.length, elementCount() - done);
      readFloats(done, length, MemorySegment.ofArray(own));
      other.readFloats(done, length, MemorySegment.ofArray(others));
      for (int i = 0; i < length; i++) {
        if (own[i] != others[i]) {
          return false;
        }
      }
    }
    return true;
  }

  private void requireFloats() {
    if (!dtype().isFloat()) {
      throw error("expected dtype F32, F16, BF16 or F64, found " + dtype());
    }
  }

  private ModelFileException error(String problem) {
    return error(problem, null);
  }

  private ModelFileException error(String problem, @Nullable Throwable cause) {
    return new ModelFileException(file, "tensor '" + name() + "': " + problem, cause);
  }

  /** Name, dtype and shape. */
  @Override
  public String toString() {
    return name() + " " + dtype() + " " + HeaderEntry.shapeText(shape);
  }
}

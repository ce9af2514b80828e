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
 * is read. Immutable and safe for use by several threads while the checkpoint is open; every method
 * that touches the data throws {@link IllegalStateException} afterwards.
 */
public final class Tensor {
  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

  private final Checkpoint checkpoint;
  private final Path file;
  private final HeaderEntry entry;
  private final MemorySegment data;

  Tensor(Checkpoint checkpoint, SafetensorsFile file, HeaderEntry entry) {
    this.checkpoint = checkpoint;
    this.file = file.path();
    this.entry = entry;
    this.data = file.bytes(entry);
  }

  /** The name in the file. */
  public String name() {
    return entry.name();
  }

  /** The file that holds the tensor, one of the shards if there are several. */
  public Path file() {
    return file;
  }

  /** The stored element type. */
  public DType dtype() {
    return entry.dtype();
  }

  /**
   * The dimensions, outermost first; empty for a single value. Only a tensor without elements can
   * have one above {@link Long#MAX_VALUE}; it is then negative, an unsigned long.
   */
  public List<Long> shape() {
    return Arrays.stream(entry.shape()).boxed().toList();
  }

  /** The number of elements: the product of the dimensions. */
  public long elementCount() {
    return data.byteSize() * 8 / entry.dtype().bits();
  }

  /** The stored size. */
  public long byteSize() {
    return data.byteSize();
  }

  /**
   * The stored bytes: read-only, little endian, not necessarily aligned to the element size. The
   * segment dies with the checkpoint.
   *
   * @throws IllegalStateException if the checkpoint is closed
   */
  public MemorySegment segment() {
    checkpoint.requireOpen();
    return data;
  }

  /**
   * This tensor, if it has the given shape.
   *
   * @throws ModelFileException naming the tensor, the expected and the found shape, if not
   */
  public Tensor requireShape(long... expected) {
    if (!Arrays.equals(entry.shape(), expected)) {
      throw error(
          "expected shape %s, found %s"
              .formatted(HeaderEntry.shapeText(expected), entry.shapeText()));
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
    int elementBytes = entry.dtype().bits() / Byte.SIZE;
    guarded(() -> {
      MemorySegment source = data.asSlice(fromElement * elementBytes, count * elementBytes);
      FloatConversion.widen(entry.dtype(), source, count, target);
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
    guarded(
        () -> MemorySegment.copy(data, ValueLayout.JAVA_BYTE, fromByte, target, 0, target.length));
  }

  /** Reads from the mapping, and tells what is wrong when that fails. */
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
    return name() + " " + dtype() + " " + entry.shapeText();
  }
}

package io.github.modernbert.vectors;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.weights.Checkpoint;
import io.github.modernbert.weights.DType;
import io.github.modernbert.weights.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** An open file of vectors: its tensors, checked for what they shall be. */
public final class VectorTensors implements AutoCloseable {
  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

  private final Checkpoint file;

  private VectorTensors(Checkpoint file) {
    this.file = file;
  }

  /**
   * Opens a file of safetensors or numpy.
   *
   * @throws ModelFileException if it is missing, unreadable or breaks a rule of its format
   */
  public static VectorTensors open(Path file) {
    return new VectorTensors(Checkpoint.openVectors(file));
  }

  /** Whether there is a tensor of that name. */
  public boolean has(String name) {
    return file.find(name).isPresent();
  }

  /** The tensor of that name, or the only one there is. */
  private Tensor tensor(String name) {
    Optional<Tensor> found = file.find(name);
    if (found.isEmpty() && file.names().size() == 1) {
      found = file.find(file.names().iterator().next());
    }
    return found.orElseThrow(() ->
        error("tensor '%s' is missing; there are %d others".formatted(name, file.names().size())));
  }

  /**
   * The rows of a matrix of floats, read when they are asked for. The file closes itself when they
   * are garbage.
   */
  public VectorRows map(String name) {
    try {
      return new VectorRows.Mapped(file, tensor(name));
    } catch (Throwable e) {
      file.close();
      throw e;
    }
  }

  /** The rows of a matrix of floats, in memory. */
  public VectorRows read(String name) {
    return new VectorRows.InMemory(Matrices.columns(tensor(name)), floats(name));
  }

  /** The rows of a matrix of floats. */
  public float[][] floats(String name) {
    Tensor tensor = tensor(name);
    Matrices.requireFloats(tensor);
    int columns = Matrices.columns(tensor);
    var rows = new float[Matrices.rows(tensor)][columns];
    for (int i = 0; i < rows.length; i++) {
      tensor.readFloats((long) i * columns, columns, MemorySegment.ofArray(rows[i]));
    }
    return rows;
  }

  /** A vector of floats. */
  public float[] floatVector(String name) {
    Tensor tensor = file.tensor(name);
    if (tensor.shape().size() != 1 || tensor.elementCount() > LARGEST_ARRAY / Float.BYTES) {
      throw Matrices.error(tensor, "expected a vector, found " + tensor);
    }
    return tensor.toFloats();
  }

  /** The rows of a matrix of bytes of one of these types. */
  public byte[][] bytes(String name, DType... dtypes) {
    Tensor tensor = tensor(name);
    if (!List.of(dtypes).contains(tensor.dtype())) {
      throw Matrices.error(
          tensor, "expected dtype %s, found %s".formatted(List.of(dtypes), tensor.dtype()));
    }
    int columns = Matrices.columns(tensor);
    var rows = new byte[Matrices.rows(tensor)][columns];
    for (int i = 0; i < rows.length; i++) {
      tensor.readBytes((long) i * columns, rows[i]);
    }
    return rows;
  }

  /** A vector of 64-bit integers, which must be from 0 and fit into 32 bits. */
  public int[] ints(String name) {
    Tensor tensor = file.tensor(name);
    if (tensor.dtype() != DType.I64 || tensor.shape().size() != 1) {
      throw Matrices.error(tensor, "expected a vector of I64, found " + tensor);
    }
    if (tensor.byteSize() > LARGEST_ARRAY) {
      throw Matrices.error(tensor, "has %d bytes, too many".formatted(tensor.byteSize()));
    }
    var bytes = new byte[(int) tensor.byteSize()];
    tensor.readBytes(0, bytes);
    LongBuffer longs = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
    var ints = new int[longs.remaining()];
    for (int i = 0; i < ints.length; i++) {
      long value = longs.get(i);
      if (value < 0 || value > Integer.MAX_VALUE) {
        throw Matrices.error(
            tensor, "[%d]: expected an integer from 0 below 2^31, found %d".formatted(i, value));
      }
      ints[i] = (int) value;
    }
    return ints;
  }

  /**
   * Where parts of these lengths begin and end that lie one after the other.
   *
   * @param total what the lengths must add up to
   */
  public List<int[]> ranges(String name, int total) {
    var ranges = new ArrayList<int[]>();
    long end = 0;
    for (int length : ints(name)) {
      long begin = end;
      end += length;
      require(name, end <= total, "lengths that add up to " + total);
      ranges.add(new int[] {(int) begin, (int) end});
    }
    require(name, end == total, "lengths that add up to " + total);
    return ranges;
  }

  /** Refuses a tensor that is not as expected. */
  public void require(String name, boolean condition, String expected) {
    if (!condition) {
      throw error("tensor '%s': expected %s".formatted(name, expected));
    }
  }

  /** A text of the metadata. */
  public String metadata(String key) {
    String value = file.metadata().get(key);
    if (value == null) {
      throw error("__metadata__: key '" + key + "' is missing");
    }
    return value;
  }

  /** A number of the metadata, from 1. */
  public int number(String key) {
    String value = metadata(key);
    try {
      int number = Integer.parseInt(value);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw error("__metadata__: %s: expected a number from 1, found '%s'".formatted(key, value));
  }

  /** Makes a value of what the file holds; what is wrong with it is the file's fault. */
  public <T> T fromFile(Supplier<T> make) {
    try {
      return make.get();
    } catch (IllegalArgumentException e) {
      throw new ModelFileException(file.path(), String.valueOf(e.getMessage()), e);
    }
  }

  private ModelFileException error(String problem) {
    return new ModelFileException(file.path(), problem);
  }

  @Override
  public void close() {
    file.close();
  }
}

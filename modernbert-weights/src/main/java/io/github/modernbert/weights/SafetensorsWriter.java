package io.github.modernbert.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes matrices of float32 or 8-bit integers to a safetensors file, row by row, and copies
 * tensors of other files. How many rows there will be need not be known, and memory holds no more
 * than the names and a small buffer.
 *
 * {@snippet :
 * try (var writer = SafetensorsWriter.create(Path.of("vectors.safetensors"), Map.of())) {
 *   writer.begin("embeddings", 384);
 *   for (float[] vector : vectors) {
 *     writer.row(vector);
 *   }
 *   writer.finish();
 * }
 * }
 *
 * <p>The format wants the header first, so the rows go to a file beside the target, which {@link
 * #finish} puts behind the header. The target appears, or is replaced, in one step: closing without
 * finishing leaves no trace. Not safe for use by several threads.
 */
public final class SafetensorsWriter implements RowWriter {
  private static final int HEADER_ALIGNMENT = 8;

  private final Path target;
  private final Path rowsFile;
  private final LittleEndianFile rows;
  private final Map<String, String> metadata;
  private final SequencedMap<String, WrittenTensor> tensors = new LinkedHashMap<>();
  private @Nullable WrittenTensor current;
  private boolean finished;

  private SafetensorsWriter(Path target, Map<String, String> metadata) throws IOException {
    this.target = target;
    this.metadata = metadata;
    this.rowsFile = temporary("rows");
    this.rows = new LittleEndianFile(rowsFile);
  }

  /**
   * Begins a file.
   *
   * @param target where it shall appear
   * @param metadata stored as {@code __metadata__}, left out when empty
   * @throws IOException if nothing can be written beside the target
   * @throws IllegalArgumentException if the metadata holds a lone surrogate
   */
  public static SafetensorsWriter create(Path target, Map<String, String> metadata)
      throws IOException {
    metadata.forEach((key, value) -> JsonText.quoted(key + value));
    return new SafetensorsWriter(target, new LinkedHashMap<>(metadata));
  }

  /** Not {@link Files#createTempFile}: the target shall have the permissions of any new file. */
  private Path temporary(String kind) {
    return target.resolveSibling(
        "%s.%s-%s".formatted(target.getFileName(), kind, UUID.randomUUID()));
  }

  /**
   * Begins a matrix of float32 and shape [rows, columns] that {@link #row(float[])} fills; ends the
   * one before it.
   *
   * @param name any text but {@code __metadata__} and the names before it
   * @param columns at least 0
   * @throws IllegalArgumentException if name or columns are not as said
   */
  public void begin(String name, int columns) {
    beginMatrix(name, DType.F32, columns);
  }

  /**
   * Begins a matrix of 8-bit integers, dtype I8, and shape [rows, columns] that {@link
   * #row(byte[])} fills; ends the one before it.
   *
   * @param name any text but {@code __metadata__} and the names before it
   * @param columns at least 0
   * @throws IllegalArgumentException if name or columns are not as said
   */
  public void beginBytes(String name, int columns) {
    beginMatrix(name, DType.I8, columns);
  }

  /**
   * Begins a matrix of unsigned 8-bit integers, dtype U8, and shape [rows, columns] that {@link
   * #row(byte[])} fills; ends the one before it.
   *
   * @param name any text but {@code __metadata__} and the names before it
   * @param columns at least 0
   * @throws IllegalArgumentException if name or columns are not as said
   */
  public void beginUnsignedBytes(String name, int columns) {
    beginMatrix(name, DType.U8, columns);
  }

  private void beginMatrix(String name, DType dtype, int columns) {
    if (columns < 0) {
      throw new IllegalArgumentException("columns: expected at least 0, found " + columns);
    }
    current = add(name, dtype, 0, columns);
  }

  private WrittenTensor add(String name, DType dtype, long... shape) {
    requireUnfinished();
    if (name.equals("__metadata__") || tensors.containsKey(name)) {
      throw new IllegalArgumentException("tensor name \"" + name + "\" is taken");
    }
    var tensor = new WrittenTensor(JsonText.quoted(name), dtype, shape, rows.written());
    tensors.put(name, tensor);
    return tensor;
  }

  /**
   * Appends a row to the matrix of float32 begun last.
   *
   * @throws IllegalArgumentException if its length is not the number of columns, or the matrix is
   *     not of float32
   * @throws IllegalStateException before {@link #begin} or after {@link #finish}
   * @throws IOException if writing fails
   */
  @Override
  public void row(float[] values) throws IOException {
    WrittenTensor tensor = beginRow(Set.of(DType.F32), values.length);
    rows.put(values);
    endRow(tensor);
  }

  /**
   * Appends a row to the matrix of 8-bit integers begun last.
   *
   * @throws IllegalArgumentException if its length is not the number of columns, or the matrix is
   *     not of 8-bit integers
   * @throws IllegalStateException before {@link #beginBytes} or after {@link #finish}
   * @throws IOException if writing fails
   */
  @Override
  public void row(byte[] values) throws IOException {
    WrittenTensor tensor = beginRow(Set.of(DType.I8, DType.U8), values.length);
    rows.put(values);
    endRow(tensor);
  }

  private WrittenTensor beginRow(Set<DType> dtypes, int length) {
    requireUnfinished();
    if (current == null) {
      throw new IllegalStateException("begin a tensor before its first row");
    }
    if (!dtypes.contains(current.dtype) || length != current.shape[1]) {
      throw new IllegalArgumentException(
          "row of %d values of %s in tensor %s of %d columns of %s"
              .formatted(
                  length,
                  dtypes.stream().sorted().map(DType::name).collect(Collectors.joining(" or ")),
                  current.quotedName,
                  current.shape[1],
                  current.dtype));
    }
    return current;
  }

  private void endRow(WrittenTensor tensor) {
    tensor.shape[0]++;
    tensor.end = rows.written();
  }

  /**
   * Adds a vector of float32: a tensor with one dimension.
   *
   * @throws IllegalArgumentException if the name is taken
   * @throws IllegalStateException after {@link #finish}
   * @throws IOException if writing fails
   */
  public void vector(String name, float[] values) throws IOException {
    WrittenTensor vector = add(name, DType.F32, values.length);
    current = null;
    rows.put(values);
    vector.end = rows.written();
  }

  /**
   * Adds a vector of 64-bit integers, dtype I64.
   *
   * @throws IllegalArgumentException if the name is taken
   * @throws IllegalStateException after {@link #finish}
   * @throws IOException if writing fails
   */
  public void vector(String name, long[] values) throws IOException {
    WrittenTensor vector = add(name, DType.I64, values.length);
    current = null;
    rows.put(values);
    vector.end = rows.written();
  }

  /**
   * Adds a tensor of an open checkpoint as it is: name, dtype, shape and bytes.
   *
   * @throws IllegalArgumentException if the name is taken
   * @throws io.github.modernbert.files.ModelFileException if its file was shortened meanwhile
   * @throws IllegalStateException if the checkpoint is closed, or after {@link #finish}
   * @throws IOException if writing fails
   */
  public void copy(Tensor tensor) throws IOException {
    long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
    WrittenTensor copy = add(tensor.name(), tensor.dtype(), shape);
    current = null;
    for (long done = 0; done < tensor.byteSize(); ) {
      var some = new byte[(int) Math.min(LittleEndianFile.BUFFER_BYTES, tensor.byteSize() - done)];
      tensor.readBytes(done, some);
      rows.put(some);
      done += some.length;
    }
    copy.end = rows.written();
  }

  /**
   * Completes the file.
   *
   * @throws IOException if writing fails; the target is then as it was before
   */
  @Override
  public void finish() throws IOException {
    requireUnfinished();
    Path complete = temporary("complete");
    try {
      writeTo(complete);
      Files.move(complete, target, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(complete);
    }
    finished = true;
  }

  private void writeTo(Path complete) throws IOException {
    try (var out =
        FileChannel.open(complete, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
      FileChannel in = rows.flush();
      ByteBuffer header = header();
      while (header.hasRemaining()) {
        out.write(header);
      }
      for (long done = 0; done < rows.written(); ) {
        done += in.transferTo(done, rows.written() - done, out);
      }
    }
  }

  private ByteBuffer header() {
    var json = new StringBuilder("{");
    if (!metadata.isEmpty()) {
      json.append("\"__metadata__\":{");
      metadata.forEach((key, value) ->
          json.append(JsonText.quoted(key)).append(':').append(JsonText.quoted(value)).append(','));
      json.setCharAt(json.length() - 1, '}');
      json.append(',');
    }
    tensors.values().forEach(tensor -> tensor.appendTo(json));
    if (json.length() == 1) {
      json.append('}');
    } else {
      json.setCharAt(json.length() - 1, '}');
    }
    byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
    if (bytes.length > SafetensorsFile.MAX_HEADER_BYTES - HEADER_ALIGNMENT) {
      throw new IllegalStateException(
          "%d tensors need a header of %d bytes, readers take at most %d"
              .formatted(tensors.size(), bytes.length, SafetensorsFile.MAX_HEADER_BYTES));
    }
    int padded = Math.ceilDiv(bytes.length, HEADER_ALIGNMENT) * HEADER_ALIGNMENT;
    ByteBuffer header = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(padded).put(bytes);
    while (header.hasRemaining()) {
      header.put((byte) ' ');
    }
    return header.flip();
  }

  private void requireUnfinished() {
    if (finished || !rows.isOpen()) {
      throw new IllegalStateException(target + " is " + (finished ? "finished" : "closed"));
    }
  }

  /** Removes what {@link #finish} has not completed. */
  @Override
  public void close() throws IOException {
    rows.close();
    Files.deleteIfExists(rowsFile);
  }

  private static final class WrittenTensor {
    private final String quotedName;
    private final DType dtype;
    private final long[] shape;
    private final long begin;
    private long end;

    WrittenTensor(String quotedName, DType dtype, long[] shape, long begin) {
      this.quotedName = quotedName;
      this.dtype = dtype;
      this.shape = shape;
      this.begin = begin;
      this.end = begin;
    }

    void appendTo(StringBuilder json) {
      json.append(quotedName)
          .append(":{\"dtype\":\"")
          .append(dtype)
          .append("\",\"shape\":[")
          .append(
              Arrays.stream(shape)
                  .mapToObj(Long::toUnsignedString)
                  .collect(Collectors.joining(",")))
          .append("],\"data_offsets\":[")
          .append(begin)
          .append(',')
          .append(end)
          .append("]},");
    }
  }
}

package io.github.modernbert.weights;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.files.RegularFiles;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One array as {@code numpy.save} writes it (versions 1 to 3 of the format): a magic number, the
 * length of the header, the header as a Python dictionary, then the elements, mapped.
 *
 * @param shape the dimensions, outermost first
 */
record NpyFile(DType dtype, long[] shape, TensorData data) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int VERSION_BYTES = 2;

  /** The limit of numpy for files that nobody vouches for. */
  private static final int MAX_HEADER_BYTES = 10_000;

  private static final Map<String, DType> DTYPES =
      Map.of(
          "<f2", DType.F16, "<f4", DType.F32, "<f8", DType.F64, "|i1", DType.I8, "|u1", DType.U8);

  private static final Pattern MEMBER =
      Pattern.compile("\\s*'(\\w+)'\\s*:\\s*('[^']*'|True|False|\\([\\d\\s,]*\\))\\s*(,|(?=\\}))");

  private static final Pattern END = Pattern.compile("\\s*\\}\\s*");

  /** Whether a file that begins so is meant to be one. */
  static boolean isNpy(byte[] beginning) {
    return beginning.length >= MAGIC.length
        && Arrays.equals(beginning, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  /**
   * Opens a file whose mapping lives as long as the arena.
   *
   * @throws ModelFileException if it breaks a rule of the format, or its elements are of a type
   *     that is not read
   */
  static NpyFile open(Path path, Arena arena) {
    try (var channel = RegularFiles.openChannel(path)) {
      int version = read(channel, MAGIC.length, VERSION_BYTES, path).get(0);
      if (version < 1 || version > 3) {
        throw new ModelFileException(
            path, "format version: expected 1, 2 or 3, found " + (version & 0xFF));
      }
      int lengthBytes = version == 1 ? Short.BYTES : Integer.BYTES;
      int lengthAt = MAGIC.length + VERSION_BYTES;
      ByteBuffer length = read(channel, lengthAt, lengthBytes, path);
      long headerBytes =
          version == 1 ? length.getShort(0) & 0xFFFFL : length.getInt(0) & 0xFFFFFFFFL;
      if (headerBytes > MAX_HEADER_BYTES) {
        throw new ModelFileException(
            path,
            "says that its header has %d bytes, the limit is %d"
                .formatted(headerBytes, MAX_HEADER_BYTES));
      }
      ByteBuffer header = read(channel, lengthAt + lengthBytes, (int) headerBytes, path);
      long dataBegin = lengthAt + lengthBytes + headerBytes;
      String text = new String(header.array(), StandardCharsets.UTF_8);
      MemorySegment mapped =
          channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena).asSlice(dataBegin);
      return parse(path, text, mapped);
    } catch (IOException e) {
      throw RegularFiles.unreadable(path, e);
    }
  }

  private static ByteBuffer read(FileChannel channel, long position, int count, Path path)
      throws IOException {
    if (channel.size() - position < count) {
      throw new ModelFileException(
          path,
          "%d bytes long, the header of an .npy file needs at least %d"
              .formatted(channel.size(), position + count));
    }
    ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new EOFException("the file became shorter while it was read");
      }
    }
    return buffer;
  }

  private static NpyFile parse(Path path, String header, MemorySegment data) {
    Map<String, String> members = members(path, header);
    String descr = member(path, members, "descr");
    DType dtype = DTYPES.get(descr.replace("'", ""));
    if (dtype == null) {
      throw new ModelFileException(
          path,
          "descr: expected one of %s, found %s"
              .formatted(DTYPES.keySet().stream().sorted().toList(), descr));
    }
    String order = member(path, members, "fortran_order");
    if (!order.equals("True") && !order.equals("False")) {
      throw new ModelFileException(path, "fortran_order: expected True or False, found " + order);
    }
    long[] shape = shape(path, member(path, members, "shape"));
    int elementBytes = dtype.bits() / Byte.SIZE;
    long bytes = bytes(path, shape, elementBytes);
    if (bytes != data.byteSize()) {
      throw new ModelFileException(
          path,
          "shape: %s of %s takes %d bytes, the file holds %d"
              .formatted(HeaderEntry.shapeText(shape), descr, bytes, data.byteSize()));
    }
    boolean columnsFirst = order.equals("True");
    return new NpyFile(
        dtype, shape, TensorData.of(data, elementBytes, shape, strides(shape, columnsFirst)));
  }

  private static Map<String, String> members(Path path, String header) {
    var members = new HashMap<String, String>();
    Matcher matcher = MEMBER.matcher(header);
    int at = header.startsWith("{") ? 1 : header.length();
    while (matcher.region(at, header.length()).lookingAt()) {
      members.put(matcher.group(1), matcher.group(2));
      at = matcher.end();
    }
    if (!END.matcher(header).region(at, header.length()).matches()) {
      String shown = header.length() <= 80 ? header : header.substring(0, 77) + "...";
      throw new ModelFileException(
          path,
          "header: expected a dictionary of descr, fortran_order and shape of one array, found "
              + shown.strip());
    }
    return members;
  }

  private static String member(Path path, Map<String, String> members, String name) {
    String value = members.get(name);
    if (value == null) {
      throw new ModelFileException(path, "header: key '" + name + "' is missing");
    }
    return value;
  }

  private static long[] shape(Path path, String tuple) {
    try {
      return Pattern.compile("\\d+")
          .matcher(tuple)
          .results()
          .mapToLong(number -> Long.parseLong(number.group()))
          .toArray();
    } catch (NumberFormatException e) {
      throw new ModelFileException(path, "shape: too large: " + tuple, e);
    }
  }

  private static long bytes(Path path, long[] shape, int elementBytes) {
    try {
      long bytes = elementBytes;
      for (long length : shape) {
        bytes = Math.multiplyExact(bytes, length);
      }
      return bytes;
    } catch (ArithmeticException e) {
      throw new ModelFileException(path, "shape: too large: " + HeaderEntry.shapeText(shape), e);
    }
  }

  private static long[] strides(long[] shape, boolean columnsFirst) {
    var strides = new long[shape.length];
    long stride = 1;
    for (int i = 0; i < shape.length; i++) {
      int dimension = columnsFirst ? i : shape.length - 1 - i;
      strides[dimension] = stride;
      stride *= shape[dimension];
    }
    return strides;
  }
}

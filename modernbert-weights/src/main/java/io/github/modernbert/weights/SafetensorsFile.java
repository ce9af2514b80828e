package io.github.modernbert.weights;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.files.RegularFiles;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * One safetensors file: 8 bytes that give the length of the header (little endian), the header as
 * JSON, then the bytes of all tensors, mapped.
 */
record SafetensorsFile(Path path, SafetensorsHeader header, MemorySegment data) {
  private static final int LENGTH_BYTES = 8;

  /** The limit of the reference. */
  static final long MAX_HEADER_BYTES = 100_000_000;

  /** Opens a file whose mapping lives as long as the arena. */
  static SafetensorsFile open(Path path, Arena arena) {
    try (var channel = RegularFiles.openChannel(path)) {
      long size = channel.size();
      int headerBytes = headerBytes(path, channel, size);
      long dataBegin = LENGTH_BYTES + headerBytes;
      InputStream stream = Channels.newInputStream(channel.position(LENGTH_BYTES));
      var header = SafetensorsHeader.parse(path.toString(), stream, headerBytes, size - dataBegin);
      MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
      return new SafetensorsFile(path, header, mapped.asSlice(dataBegin));
    } catch (IOException e) {
      throw RegularFiles.unreadable(path, e);
    }
  }

  private static int headerBytes(Path path, FileChannel channel, long size) throws IOException {
    String problem;
    if (size < LENGTH_BYTES) {
      problem = "%d bytes long, a safetensors file has at least 8".formatted(size);
    } else {
      long length = read(channel, 0, LENGTH_BYTES).getLong(0);
      if (Long.compareUnsigned(length, MAX_HEADER_BYTES) > 0) {
        problem =
            "says that its header has %s bytes, the limit is %d"
                .formatted(Long.toUnsignedString(length), MAX_HEADER_BYTES);
      } else if (length > size - LENGTH_BYTES) {
        problem =
            "says that its header has %d bytes, but only %d follow"
                .formatted(length, size - LENGTH_BYTES);
      } else {
        return (int) length;
      }
    }
    ByteBuffer beginning = read(channel, 0, (int) Math.min(size, ForeignFormat.BYTES_NEEDED));
    throw new ModelFileException(path, problem + ForeignFormat.hint(beginning.array()));
  }

  private static ByteBuffer read(FileChannel channel, long position, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new EOFException("the file became shorter while it was read");
      }
    }
    return buffer;
  }

  MemorySegment bytes(HeaderEntry tensor) {
    return data.asSlice(tensor.begin(), tensor.end() - tensor.begin());
  }
}

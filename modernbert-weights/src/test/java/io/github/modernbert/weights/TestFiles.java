package io.github.modernbert.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes safetensors files byte by byte, independent of {@link SafetensorsWriter}. */
final class TestFiles {
  private TestFiles() {}

  static Path safetensors(Path file, String header, byte... data) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return safetensors(file, json, data);
  }

  static Path safetensors(Path file, byte[] header, byte... data) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + header.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length).put(header).put(data);
    return Files.write(file, bytes.array());
  }

  /** A header of one vector. */
  static String vector(String name, DType dtype, long elements) {
    return "{\"%s\":{\"dtype\":\"%s\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
        .formatted(name, dtype, elements, elements * dtype.bits() / 8);
  }

  /** A file of one vector that is all zeros. */
  static Path zeros(Path file, String name, DType dtype, int elements) throws IOException {
    return safetensors(file, vector(name, dtype, elements), new byte[elements * dtype.bits() / 8]);
  }
}

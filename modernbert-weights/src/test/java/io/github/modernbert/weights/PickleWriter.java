package io.github.modernbert.weights;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes files as {@code torch.save} does, instruction by instruction, right ones and wrong ones.
 */
final class PickleWriter {
  private final ByteArrayOutputStream program = new ByteArrayOutputStream();
  private byte[] storage = new byte[16];
  private boolean begun;

  /** Instructions as they are, one byte a char. */
  PickleWriter raw(String instructions) {
    program.writeBytes(instructions.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  PickleWriter text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    raw("X");
    program.writeBytes(little(4).putInt(bytes.length).array());
    program.writeBytes(bytes);
    return this;
  }

  PickleWriter integer(long value) {
    raw("\u008a\10");
    program.writeBytes(little(8).putLong(value).array());
    return this;
  }

  PickleWriter function(String module, String name) {
    return raw("c" + module + "\n" + name + "\n");
  }

  private PickleWriter integers(long... values) {
    raw("(");
    for (long value : values) {
      integer(value);
    }
    return raw("t");
  }

  /** Adds a member to the dictionary: a tensor of float32 in storage 0. */
  PickleWriter tensor(String name, long elements, long offset, long[] shape, long[] strides) {
    if (!begun) {
      raw("\u0080\2}");
      begun = true;
    }
    text(name).function("torch._utils", "_rebuild_tensor_v2");
    raw("((").text("storage").function("torch", "FloatStorage");
    text("0").text("cpu").integer(elements).raw("tQ").integer(offset);
    return integers(shape).integers(strides).raw("\u0089Nt").raw("Rs");
  }

  /** The bytes of storage 0; 16 zeros otherwise. */
  PickleWriter storage(byte... bytes) {
    storage = bytes;
    return this;
  }

  byte[] program() {
    return program.toByteArray();
  }

  /** Ends the pickle and puts it into an archive. */
  Path writeTo(Path file) throws IOException {
    raw(".");
    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      entry(zip, "archive/data.pkl", program());
      entry(zip, "archive/data/0", storage);
    }
    return file;
  }

  static void entry(ZipOutputStream zip, String name, byte... content) throws IOException {
    var crc = new CRC32();
    crc.update(content);
    var entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}

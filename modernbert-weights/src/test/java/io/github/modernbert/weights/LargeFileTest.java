package io.github.modernbert.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.modernbert.testdata.Golden;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of 5 GiB, almost all of it a hole: tensors behind 2 and 4 GiB. */
class LargeFileTest {
  private static final long GIB = 1L << 30;
  private static final long HOLE = 5 * GIB;

  @TempDir Path folder;

  @Test
  void tensorsBeyondTwoGibibytes() throws IOException {
    if (!isSparse()) {
      Golden.skipped("file of 5 GiB", "the file system of " + folder + " has no sparse files");
      return;
    }
    String header =
        "{\"hole\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[0,%d]},"
                .formatted(HOLE / 4, HOLE)
            + "\"end\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[%d,%d]}}"
                .formatted(HOLE, HOLE + 8);
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    Path file = folder.resolve("large.safetensors");
    var open =
        new StandardOpenOption[] {
          StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, StandardOpenOption.SPARSE
        };
    try (var channel = FileChannel.open(file, open)) {
      ByteBuffer begin = ByteBuffer.allocate(8 + json.length).order(ByteOrder.LITTLE_ENDIAN);
      channel.write(begin.putLong(json.length).put(json).flip(), 0);
      ByteBuffer floats = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      channel.write(floats.putFloat(1.5f).putFloat(-2).flip(), 8 + json.length + HOLE);
      ByteBuffer inside = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
      channel.write(inside.putFloat(7).flip(), 8 + json.length + 3 * GIB);
    }
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertArrayEquals(new float[] {1.5f, -2}, checkpoint.tensor("end").toFloats());
      Tensor hole = checkpoint.tensor("hole");
      assertEquals(HOLE, hole.byteSize());
      float[] three = new float[3];
      hole.readFloats(3 * GIB / 4 - 1, 3, MemorySegment.ofArray(three));
      assertArrayEquals(new float[] {0, 7, 0}, three);
    }
  }

  /** Whether a file with a hole takes no space: writes one byte behind 64 MiB. */
  private boolean isSparse() throws IOException {
    Path probe = folder.resolve("probe");
    long free = Files.getFileStore(folder).getUnallocatedSpace();
    try (var channel =
        FileChannel.open(probe, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
      channel.write(ByteBuffer.allocate(1), 64L << 20);
      channel.force(true);
    }
    boolean sparse = free - Files.getFileStore(folder).getUnallocatedSpace() < 32L << 20;
    Files.delete(probe);
    return sparse;
  }
}

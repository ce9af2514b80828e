package io.github.modernbert.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Views of tensors, reading them, and what happens after closing. */
class TensorTest {
  @TempDir Path folder;

  private static final String HEADER =
      """
      {"x":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},\
      "h":{"dtype":"BF16","shape":[2,3],"data_offsets":[3,15]}}\
      """;
  private static final byte[] DATA = {
    1, 2, 3, 0x00, 0x3f, (byte) 0x80, 0x3f, 0x00, 0x40, 0x40, 0x40, (byte) 0x80, 0x40, 0, 0x41
  };

  private Checkpoint open() throws IOException {
    return Checkpoint.open(TestFiles.safetensors(folder.resolve("t.safetensors"), HEADER, DATA));
  }

  @Test
  void describesAndReads() throws IOException {
    try (Checkpoint checkpoint = open()) {
      Tensor tensor = checkpoint.tensor("h");
      assertEquals("h BF16 [2, 3]", tensor.toString());
      assertEquals(List.of(2L, 3L), tensor.shape());
      assertEquals(6, tensor.elementCount());
      assertEquals(12, tensor.byteSize());
      assertArrayEquals(new float[] {0.5f, 1, 2, 3, 4, 8}, tensor.toFloats());
      float[] part = new float[3];
      tensor.readFloats(2, 2, MemorySegment.ofArray(part));
      assertArrayEquals(new float[] {2, 3, 0}, part);
    }
  }

  @Test
  void bytesAreThoseOfTheFile() throws IOException {
    try (Checkpoint checkpoint = open()) {
      var bytes = new byte[2];
      checkpoint.tensor("x").readBytes(1, bytes);
      assertArrayEquals(new byte[] {2, 3}, bytes);
      assertThrows(
          IndexOutOfBoundsException.class, () -> checkpoint.tensor("x").readBytes(2, bytes));
    }
  }

  @Test
  void mistakesAreNamed() throws IOException {
    try (Checkpoint checkpoint = open()) {
      Tensor floats = checkpoint.tensor("h");
      Tensor bytes = checkpoint.tensor("x");
      Refusal.of(() -> floats.requireShape(3, 2), "t.safetensors", "'h'", "[3, 2]", "[2, 3]");
      Refusal.of(bytes::toFloats, "t.safetensors", "'x'", "U8", "BF16");
      Refusal.of(() -> checkpoint.tensor("y"), "t.safetensors", "'y'", "missing");
      Refusal.by(
          IllegalArgumentException.class,
          () -> floats.readFloats(MemorySegment.ofArray(new float[5])),
          "'h'",
          "24",
          "20");
      Refusal.by(
          IllegalArgumentException.class,
          () -> floats.readFloats(MemorySegment.ofArray(new float[6]).asReadOnly()),
          "read-only");
      var target = MemorySegment.ofArray(new float[9]);
      assertThrows(IndexOutOfBoundsException.class, () -> floats.readFloats(5, 2, target));
      assertThrows(IndexOutOfBoundsException.class, () -> floats.readFloats(-1, 2, target));
      assertThrows(IndexOutOfBoundsException.class, () -> floats.readFloats(0, -1, target));
      assertEquals(floats, floats.requireShape(2, 3));
      assertTrue(checkpoint.find("y").isEmpty());
    }
  }

  @Test
  void closedIsAnException() throws IOException {
    Checkpoint checkpoint = open();
    Tensor tensor = checkpoint.tensor("h");
    checkpoint.close();
    checkpoint.close();
    assertFalse(checkpoint.isOpen());
    var target = MemorySegment.ofArray(new float[6]);
    Refusal.by(
        IllegalStateException.class,
        () -> tensor.readBytes(0, new byte[1]),
        "t.safetensors",
        "closed");
    Refusal.by(IllegalStateException.class, tensor::toFloats, "t.safetensors", "closed");
    Refusal.by(IllegalStateException.class, () -> tensor.readFloats(target), "closed");
    Refusal.by(IllegalStateException.class, () -> checkpoint.tensor("h"), "closed");
    assertEquals("h BF16 [2, 3]", tensor.toString());
  }

  /** Readers in other threads get the exception too, whatever they are doing. */
  @Test
  void closingWhileOthersRead() throws Exception {
    Path file = TestFiles.zeros(folder.resolve("big"), "w", DType.F16, 1 << 20);
    try (var readers = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < 20; round++) {
        Checkpoint checkpoint = Checkpoint.open(file);
        Tensor tensor = checkpoint.tensor("w");
        var begun = new CountDownLatch(2);
        Future<?> first = readers.submit(() -> readForever(tensor, begun));
        Future<?> second = readers.submit(() -> readForever(tensor, begun));
        begun.await();
        checkpoint.close();
        for (Future<?> reader : List.of(first, second)) {
          reader.get();
        }
      }
    }
  }

  private static void readForever(Tensor tensor, CountDownLatch begun) {
    var target = MemorySegment.ofArray(new float[(int) tensor.elementCount()]);
    tensor.readFloats(target);
    begun.countDown();
    Refusal.by(
        IllegalStateException.class,
        () -> {
          while (true) {
            tensor.readFloats(target);
          }
        },
        "big is closed");
  }

  @Test
  void fileShortenedWhileOpen() throws IOException {
    assumeFalse(System.getProperty("os.name", "").startsWith("Windows"), "locks mapped files");
    Path file = TestFiles.zeros(folder.resolve("short"), "w", DType.F32, 1 << 20);
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      Tensor tensor = checkpoint.tensor("w");
      try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(5000);
      }
      Refusal.of(tensor::toFloats, "short", "'w'", "shortened");
    }
  }
}

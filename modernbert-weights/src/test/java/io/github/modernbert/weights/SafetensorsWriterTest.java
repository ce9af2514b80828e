package io.github.modernbert.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void target() {
    file = folder.resolve("out.safetensors");
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    String odd = "\u0000\"\\/\n\u007f é中\uD83D\uDE00";
    try (var writer = SafetensorsWriter.create(file, Map.of(odd, odd))) {
      writer.begin(odd, 3);
      writer.row(new float[] {1, -0f, Float.NaN});
      writer.row(new float[] {Float.MIN_VALUE, Float.NEGATIVE_INFINITY, 0.1f});
      writer.begin("none", 3);
      writer.begin("", 0);
      writer.row(new float[0]);
      writer.begin("many", 1000);
      for (int row = 0; row < 100; row++) {
        var values = new float[1000];
        values[row] = row;
        writer.row(values);
      }
      writer.finish();
    }
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertEquals(Map.of(odd, odd), checkpoint.metadata());
      assertArrayEquals(
          new float[] {1, -0f, Float.NaN, Float.MIN_VALUE, Float.NEGATIVE_INFINITY, 0.1f},
          checkpoint.tensor(odd).requireShape(2, 3).toFloats());
      checkpoint.tensor("none").requireShape(0, 3);
      checkpoint.tensor("").requireShape(1, 0);
      float[] many = checkpoint.tensor("many").requireShape(100, 1000).toFloats();
      assertEquals(57, many[57 * 1000 + 57]);
    }
    assertEquals(List.of(file), list());
  }

  /** Where numbers are formatted for people, Persian has digits of its own. */
  @Test
  void theLanguageOfTheSystemDoesNotMatter() throws IOException {
    byte[] english = write(Locale.ENGLISH);
    byte[] persian = write(Locale.of("fa", "IR"));
    assertArrayEquals(english, persian);
    assertTrue(
        new String(persian, StandardCharsets.UTF_8).contains("[2,3],\"data_offsets\":[0,24]"));
  }

  private byte[] write(Locale locale) throws IOException {
    Locale usual = Locale.getDefault();
    Locale.setDefault(locale);
    try (var writer = SafetensorsWriter.create(file, Map.of("a\n", "b\u0001"))) {
      writer.begin("w", 3);
      writer.row(new float[] {1, 2, 3});
      writer.row(new float[] {4, 5, 6});
      writer.finish();
      return Files.readAllBytes(file);
    } finally {
      Locale.setDefault(usual);
    }
  }

  @Test
  void integersAndTensorsOfOtherFiles() throws IOException {
    String header =
        """
        {"half":{"dtype":"BF16","shape":[3],"data_offsets":[0,6]},\
        "one":{"dtype":"I64","shape":[],"data_offsets":[6,14]}}\
        """;
    byte[] data = {0, 0x3f, (byte) 0x80, 0x3f, 0, 0x40, 1, 2, 3, 4, 5, 6, 7, 8};
    Path other = TestFiles.safetensors(folder.resolve("other.safetensors"), header, data);
    try (Checkpoint source = Checkpoint.open(other);
        var writer = SafetensorsWriter.create(file, Map.of())) {
      writer.beginBytes("integers", 2);
      writer.row(new byte[] {-128, 127});
      writer.row(new byte[] {0, 1});
      var floats = new float[2];
      Refusal.by(IllegalArgumentException.class, () -> writer.row(floats), "F32", "I8");
      writer.copy(source.tensor("half"));
      assertThrows(IllegalStateException.class, () -> writer.row(new byte[3]));
      writer.copy(source.tensor("one"));
      Refusal.by(
          IllegalArgumentException.class, () -> writer.copy(source.tensor("one")), "\"one\"");
      writer.begin("large", 100_000);
      writer.row(new float[100_000]);
      writer.finish();
    }
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      var integers = new byte[3];
      checkpoint.tensor("integers").requireShape(2, 2).readBytes(1, integers);
      assertArrayEquals(new byte[] {127, 0, 1}, integers);
      assertEquals("half BF16 [3]", checkpoint.tensor("half").toString());
      assertArrayEquals(new float[] {0.5f, 1, 2}, checkpoint.tensor("half").toFloats());
      assertEquals("one I64 []", checkpoint.tensor("one").toString());
      var eight = new byte[8];
      checkpoint.tensor("one").readBytes(0, eight);
      assertArrayEquals(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, eight);
      assertThrows(
          IndexOutOfBoundsException.class, () -> checkpoint.tensor("one").readBytes(1, eight));
    }
  }

  @Test
  void headerIsAlignedAndPlain() throws IOException {
    try (var writer = SafetensorsWriter.create(file, Map.of())) {
      writer.begin("x", 1);
      writer.row(new float[] {1});
      writer.finish();
    }
    byte[] bytes = Files.readAllBytes(file);
    long length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    assertEquals(bytes.length - 8 - 4, length);
    assertEquals(0, length % 8);
    assertEquals(
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]}}",
        new String(bytes, 8, (int) length, StandardCharsets.UTF_8).strip());
  }

  @Test
  void nothingWrittenIsAFileWithoutTensors() throws IOException {
    try (var writer = SafetensorsWriter.create(file, Map.of())) {
      writer.finish();
    }
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertEquals(0, checkpoint.names().size());
    }
  }

  @Test
  void unfinishedLeavesTheTargetAlone() throws IOException {
    Files.writeString(file, "old");
    try (var writer = SafetensorsWriter.create(file, Map.of())) {
      writer.begin("x", 1);
      writer.row(new float[] {1});
    }
    assertEquals("old", Files.readString(file));
    assertEquals(List.of(file), list());
  }

  @Test
  void failureToFinishLeavesNoTrace() throws IOException {
    Files.createDirectory(file);
    Files.createFile(file.resolve("occupied"));
    try (var writer = SafetensorsWriter.create(file, Map.of())) {
      assertThrows(IOException.class, writer::finish);
    }
    assertEquals(List.of(file), list());
  }

  @Test
  void mistakesAreNamed() throws IOException {
    try (var writer = SafetensorsWriter.create(file, Map.of())) {
      assertThrows(IllegalStateException.class, () -> writer.row(new float[1]));
      writer.begin("x", 2);
      var wrong = new float[3];
      Refusal.by(IllegalArgumentException.class, () -> writer.row(wrong), "3", "\"x\"", "2");
      Refusal.by(IllegalArgumentException.class, () -> writer.begin("x", 2), "\"x\"");
      assertThrows(IllegalArgumentException.class, () -> writer.begin("__metadata__", 2));
      assertThrows(IllegalArgumentException.class, () -> writer.begin("\uD800", 2));
      assertThrows(IllegalArgumentException.class, () -> writer.begin("y", -1));
      writer.finish();
      Refusal.by(IllegalStateException.class, () -> writer.begin("y", 1), "finished");
    }
    Map<String, String> lone = Map.of("k", "\uDC00");
    assertThrows(IllegalArgumentException.class, () -> SafetensorsWriter.create(file, lone));
    assertThrows(
        IOException.class,
        () -> SafetensorsWriter.create(folder.resolve("no/such/folder"), Map.of()));
  }

  private List<Path> list() throws IOException {
    try (var files = Files.list(folder)) {
      return files.toList();
    }
  }
}

package io.github.modernbert.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelMaxLengthTest {
  @TempDir private Path folder;

  private OptionalInt read(String json) throws IOException {
    Files.writeString(folder.resolve(ModelMaxLength.FILE), json);
    return ModelMaxLength.read(folder);
  }

  @Test
  void eitherKeyCounts() throws IOException {
    assertEquals(OptionalInt.of(512), read("{\"model_max_length\": 512, \"max_len\": 7}"));
    assertEquals(OptionalInt.of(7), read("{\"max_len\": 7}"));
    assertEquals(OptionalInt.empty(), read("{\"model_max_length\": null, \"max_len\": 7}"));
    assertEquals(OptionalInt.empty(), read("{\"model_max_length\": 1e30}"));
    assertEquals(OptionalInt.empty(), read("{}"));
    Refusal.of(
        () -> read("{\"model_max_length\": 0}"), ModelMaxLength.FILE, "model_max_length", "from 1");
  }

  @Test
  void withoutTheFileThereIsNoLimit() {
    assertEquals(OptionalInt.empty(), ModelMaxLength.read(folder));
  }
}

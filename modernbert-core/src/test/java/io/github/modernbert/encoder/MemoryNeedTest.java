package io.github.modernbert.encoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.kernels.KernelSelection;
import io.github.modernbert.kernels.WeightFormat;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.testdata.ModelCopy;
import io.github.modernbert.weights.TransformerFiles;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MemoryNeedTest {
  /** 8 TB of embeddings: refused before anything is allocated, whatever the checkpoint holds. */
  @Test
  void modelsLargerThanTheMachineAreRefused(@TempDir Path temporary) {
    Path source = Golden.folders("checkpoints/plain", "config.json").getFirst();
    Path folder =
        ModelCopy.of(source, temporary.resolve("huge"))
            .json(
                "config.json",
                config -> {
                  config.addProperty("vocab_size", 2_000_000_000);
                  config.addProperty("hidden_size", 1024);
                })
            .folder();
    var e =
        assertThrows(
            ModelFileException.class,
            () ->
                new Backbone(
                    "test",
                    TransformerFiles.of(folder),
                    KernelSelection.select("portable"),
                    WeightFormats.FLOAT32,
                    1));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith(folder + ": its weights need 8,192."), message);
    assertTrue(message.contains(" GB of memory, this machine has "), message);
  }

  @Test
  void matricesLargerThanTheMachineAreRefused() {
    Path file = Path.of("model.safetensors");
    MemoryNeed.requireMatrix(1000, 1000, WeightFormat.FLOAT32, file);
    var e =
        assertThrows(
            ModelFileException.class,
            () -> MemoryNeed.requireMatrix(1 << 24, 1 << 24, WeightFormat.FLOAT32, file));
    assertEquals(
        "model.safetensors: its weights need 1,125,899.9 GB of memory",
        String.valueOf(e.getMessage()).split(", this")[0]);
  }
}

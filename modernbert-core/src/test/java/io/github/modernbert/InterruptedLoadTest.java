package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.testdata.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Tests that all that reads files on an interrupted thread is cancelled, and keeps the flag. */
final class InterruptedLoadTest {
  private static void assertCancelled(Executable call) {
    Thread.currentThread().interrupt();
    try {
      assertThrows(CancellationException.class, call);
    } finally {
      assertTrue(Thread.interrupted(), "the flag");
    }
  }

  @Test
  void modelsOfAllTasks() {
    for (Path folder : TaskCases.folders()) {
      assertCancelled(() -> Models.load(folder).close());
      assertCancelled(() -> Models.describe(folder));
      assertCancelled(() -> TextEmbedder.load(folder).close());
    }
    Path encoder = Golden.folders("checkpoints", "config.json", "model.safetensors").getFirst();
    assertCancelled(() -> ModernBertModel.load(encoder).close());
  }

  @Test
  void theBundledModel() {
    assertCancelled(() -> TextEmbedder.bundled().close());
    try (var embedder = TextEmbedder.bundled()) {
      assertEquals(384, embedder.dimension());
    }
  }

  @Test
  void filesOfVectors(@TempDir Path folder) throws IOException {
    var vectors = Embeddings.of(new float[][] {{1, 2}});
    for (String name : List.of("v.npy", "v.safetensors")) {
      Path file = folder.resolve(name);
      assertCancelled(() -> VectorFiles.save(vectors, file));
      try (var left = Files.list(folder)) {
        assertEquals(List.of(), left.toList());
      }
      VectorFiles.save(vectors, file);
      assertCancelled(() -> VectorFiles.load(file));
      assertCancelled(() -> VectorFiles.map(file));
      Files.delete(file);
    }
  }

  @Test
  void quantizing(@TempDir Path folder) {
    Path target = folder.resolve("quantized");
    assertCancelled(() -> Models.quantize(TaskCases.folder("choice"), target));
    assertFalse(Files.exists(target));
  }
}

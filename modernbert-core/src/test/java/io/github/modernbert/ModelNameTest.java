package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages of calls name the model by its name. */
final class ModelNameTest {
  private static final List<int[]> UNKNOWN = List.of(new int[] {-1});
  private static final EmbedOptions DEFAULTS = EmbedOptions.defaults();

  @Test
  void theBundledModel() {
    var embedder = TextEmbedder.bundled();
    assertNamed("the model modernbert-mini", () -> embedder.embedTokenIds(UNKNOWN, DEFAULTS));
    embedder.close();
    assertNamed("the model modernbert-mini is closed", () -> embedder.embed("a"));
  }

  @Test
  void aFolder() {
    Path folder = TaskCases.folder("choice");
    var encoder = ModernBertModel.load(folder);
    assertNamed("the model choice", () -> encoder.lastHiddenState(new int[] {-1}));
    encoder.close();
    assertNamed("the model choice is closed", () -> encoder.lastHiddenState(new int[] {1}));
  }

  @Test
  void aRepositoryInTheCacheOfTheHub(@TempDir Path cache) throws IOException {
    Path snapshot = cache.resolve("models--org--some-name/snapshots/0123abc");
    Files.createDirectories(snapshot);
    try (Stream<Path> files = Files.list(TaskCases.folder("choice"))) {
      for (Path file : files.toList()) {
        Files.copy(file, snapshot.resolve(file.getFileName()));
      }
    }
    var encoder = ModernBertModel.load(snapshot);
    encoder.close();
    assertNamed("the model org/some-name is closed", () -> encoder.lastHiddenState(new int[] {1}));
  }

  private static void assertNamed(String part, Runnable call) {
    RuntimeException e = assertThrows(RuntimeException.class, call::run);
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(part), message);
    assertEquals(-1, message.indexOf(System.getProperty("java.io.tmpdir") + "/"), message);
  }
}

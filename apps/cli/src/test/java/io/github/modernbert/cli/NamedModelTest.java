package io.github.modernbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.cli.console.DownloadBar;
import io.github.modernbert.hub.DownloadProgress;
import io.github.modernbert.testdata.Golden;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code --model} with a name of the hub; the POM points the hub's client to a cache of tests. */
final class NamedModelTest {
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  private static final String NAME = "organisation/model";

  private static Path folder = Path.of("");

  /** Puts the bundled model into the cache, as an older client would have. */
  @BeforeAll
  static void fillCache() throws IOException {
    assertEquals("1", System.getenv("HF_HUB_OFFLINE"), "the POM sets it");
    Path cache = Path.of(System.getenv("HF_HUB_CACHE"));
    assertEquals("hub-cache", cache.getFileName().toString(), "the POM sets it");
    Path model = cache.resolve("models--organisation--model");
    folder = model.resolve("snapshots").resolve(COMMIT);
    Path source =
        Golden.project().resolve("modernbert-mini/src/main/resources/META-INF/modernbert-mini");
    try (var files = Files.walk(source)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = folder.resolve(source.relativize(file).toString());
        Files.createDirectories(target.resolveSibling("."));
        Files.deleteIfExists(target);
        Files.copy(file, target);
      }
    }
    Files.createDirectories(model.resolve("refs"));
    Files.writeString(model.resolve("refs/main"), COMMIT);
  }

  @Test
  void namesDoWhatTheirFoldersDo() {
    for (List<String> command :
        List.of(
            List.of("embed", "--max-length", "9", "Where is the bakery?"),
            List.of("tokenize", "bread"),
            List.of("similarity", "a", "b"))) {
      String byFolder = run(command, folder.toString());
      assertEquals(byFolder, run(command, NAME));
      assertEquals(byFolder, run(command, NAME + "@" + COMMIT));
    }
    assertTrue(run(List.of("info"), NAME).contains(folder.toString()));
  }

  private static String run(List<String> command, String model) {
    var arguments = new ArrayList<>(command);
    arguments.addAll(1, List.of("--model", model));
    return String.join("\n", CliRun.of(arguments.toArray(String[]::new)).lines());
  }

  @Test
  void namesThatCannotBeHadAreNamed() {
    for (String command : List.of("embed", "tokenize", "info", "classify")) {
      CliRun run =
          command.equals("info")
              ? CliRun.of(command, "--model", "no/such@v1")
              : CliRun.of(command, "--model", "no/such@v1", "a");
      assertEquals(1, run.exitCode());
      assertTrue(run.err().startsWith("modernbert: no/such@v1: not completely in the"), run.err());
      assertEquals(1, run.err().lines().count(), run.err());
    }
  }

  @Test
  void progressIsOneLine() {
    assertEquals(
        " 25% [=======                       ] 149.0 of 596.1 MB (12.3 MB/s) model.safetensors",
        DownloadBar.text("model.safetensors", 149_014_148, 596_056_592, 12_345_678));
  }

  @Test
  void progressIsForTerminals() {
    var err = new StringWriter();
    try (var bar = new DownloadBar(new PrintWriter(err), false)) {
      bar.progressed(new DownloadProgress(1, 2, "file"));
    }
    assertEquals("", err.toString());
  }

  @Test
  void theEnvironmentTakesTheBarAway() {
    assertTrue(DownloadBar.isWanted(Map.of()));
    assertTrue(DownloadBar.isWanted(Map.of("HF_HUB_DISABLE_PROGRESS_BARS", "0")));
    for (String yes : List.of("1", "true", "YES", "on")) {
      assertFalse(DownloadBar.isWanted(Map.of("HF_HUB_DISABLE_PROGRESS_BARS", yes)), yes);
    }
  }
}

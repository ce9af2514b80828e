package io.github.modernbert.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.github.modernbert.testdata.Golden;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Output for programs is the same in every locale, such as those with digits of their own. */
class LocaleTest {
  private static final Locale PERSIAN = Locale.of("fa", "IR");
  private static final Locale TURKISH = Locale.of("tr", "TR");

  private final Locale usual = Locale.getDefault();

  @TempDir private Path folder;

  @AfterEach
  void restore() {
    Locale.setDefault(usual);
  }

  /** The results of commands, by their arguments. */
  private TreeMap<String, byte[]> results(Locale locale) throws IOException {
    Locale.setDefault(locale);
    Path models = Golden.project().resolve("src-test-data");
    var results = new TreeMap<String, byte[]>();
    for (List<String> command :
        List.of(
            List.of("embed", "--format", "jsonl", "I"),
            List.of("embed", "--format", "csv", "I"),
            List.of("embed", "--format", "NPY", "I"),
            List.of("embed", "--format", "safetensors", "I"),
            List.of("tokenize", "I"),
            List.of("similarity", "I", "J"),
            List.of("info", "--json"),
            List.of(
                "info",
                "--json",
                "--model",
                models.resolve("golden-extra/multi-vector/pylate").toString()),
            List.of(
                "sparse",
                "--json",
                "--model",
                models.resolve("golden-extra/sparse/sum-log1p").toString(),
                "I"))) {
      CliRun run = CliRun.of(command.toArray(String[]::new));
      assertEquals(0, run.exitCode(), run.err());
      // Memory differs from run to run.
      String stable = run.out().replaceAll("\"resident_bytes\": \\d+", "");
      boolean isInfo = command.getFirst().equals("info");
      results.put(
          String.join(" ", command),
          isInfo ? stable.getBytes(StandardCharsets.UTF_8) : run.bytes());
    }
    String model = models.resolve("golden/checkpoints/plain").toString();
    String embedder = Golden.folders("sentence-transformers", "modules.json").getFirst().toString();
    putFiles(results, target -> List.of("quantize", model, target));
    putFiles(results, target -> List.of("convert", model, target));
    putFiles(results, target -> List.of("prepare", embedder, "--output", target));
    return results;
  }

  /**
   * Adds the files that a command makes in a folder.
   *
   * @param arguments of the folder
   */
  private void putFiles(Map<String, byte[]> results, Function<String, List<String>> arguments)
      throws IOException {
    Path target = Files.createTempDirectory(folder, "made").resolve("target");
    List<String> command = arguments.apply(target.toString());
    CliRun run = CliRun.of(command.toArray(String[]::new));
    assertEquals(0, run.exitCode(), run.err());
    try (var files = Files.list(target)) {
      for (Path file : files.toList()) {
        results.put(command.getFirst() + " " + file.getFileName(), Files.readAllBytes(file));
      }
    }
  }

  @Test
  void outputForProgramsDoesNotDependOnTheLocale() throws IOException {
    assertNotEquals("1", String.format(PERSIAN, "%d", 1), "a locale with digits of its own");
    TreeMap<String, byte[]> expected = results(Locale.ROOT);
    for (Locale locale : List.of(PERSIAN, TURKISH)) {
      TreeMap<String, byte[]> found = results(locale);
      assertEquals(new ArrayList<>(expected.keySet()), new ArrayList<>(found.keySet()));
      expected.forEach(
          (what, bytes) -> assertArrayEquals(bytes, found.get(what), locale + " " + what));
    }
  }
}

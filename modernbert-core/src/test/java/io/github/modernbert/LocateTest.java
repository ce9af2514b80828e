package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.testdata.Golden;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests how a string is taken: as a folder that is there, or as a name. */
final class LocateTest {
  private static final ModelLocator NOT_MINE = name -> Optional.empty();

  @TempDir private Path folder;

  @Test
  void anExistingFolderIsTakenAndNoLocatorAsked() {
    ModelLocator never =
        name -> {
          throw new AssertionError("asked for " + name);
        };
    assertEquals(folder, Models.locate(folder.toString(), never));
    assertEquals(folder, Models.locate(folder.toString()));
  }

  @Test
  void locatorsAreAskedInTurn() {
    ModelLocator second = name -> Optional.of(folder.resolve(name));
    Path found = Models.locate("a/b", List.of(NOT_MINE, second, NOT_MINE));
    assertEquals(folder.resolve("a/b"), found);
  }

  @Test
  void messagesSayWhatIsMissing() {
    String missing = folder.resolve("missing").toString();
    for (String name : List.of(missing, "organisation/name", "", "a\0b")) {
      String message = message(() -> Models.locate(name));
      assertTrue(message.startsWith(name + ": folder not found; "), message);
      assertTrue(message.contains("modernbert-hub"), message);
      assertEquals(
          name + ": folder not found, and not the name of a model, such as organisation/name",
          message(() -> Models.locate(name, NOT_MINE)));
    }
  }

  @Test
  void namesThatThisJvmCannotSpellAreSaidToBeSo() {
    String message = message(() -> Models.locate("mod\uD800le"));
    assertTrue(message.startsWith("mod\uD800le: folder not found; "), message);
    assertTrue(message.contains("; this JVM encodes file names as "), message);
    assertTrue(message.contains("LC_ALL"), message);
  }

  @Test
  void aJvmOfAnotherLocaleNamesItsEncoding() throws IOException, InterruptedException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Assumptions.assumeTrue(File.separatorChar == '/', "POSIX locales");
    var builder =
        new ProcessBuilder(
            java.toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Locating.class.getName());
    builder.environment().put("LC_ALL", "POSIX");
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertTrue(output.contains("encodes file names as ANSI_X3.4-1968"), output);
  }

  /** Looks for a folder whose name has a letter that is not ASCII. */
  static final class Locating {
    private Locating() {}

    public static void main(String[] arguments) {
      try {
        Models.locate("mod\u00e8le");
      } catch (IllegalArgumentException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @Test
  void whatALocatorSaysOfItsModelsIsPassedOn() {
    ModelLocator failing =
        name -> {
          throw new IllegalStateException("no network");
        };
    assertThrows(IllegalStateException.class, () -> Models.locate("a/b", failing));
  }

  @Test
  void everyClassLoadsByAStringToo() {
    Path encoder = Golden.folders("checkpoints", "config.json", "model.safetensors").getFirst();
    try (var model = ModernBertModel.load(encoder.toString())) {
      assertEquals(
          Models.describe(encoder.toString()).config().layerTypes(), model.config().layerTypes());
    }
    List<Function<String, AutoCloseable>> loads =
        List.of(
            TextEmbedder::load,
            CrossEncoder::load,
            TextClassifier::load,
            ZeroShotClassifier::load,
            FillMask::load,
            SparseEncoder::load,
            ColBert::load,
            TokenClassifier::load,
            QuestionAnswerer::load,
            MultipleChoice::load,
            ModernBertModel::load,
            Models::load,
            name -> Models.load(name, LoadOptions.defaults()));
    for (var load : loads) {
      String message = message(() -> load.apply("no/such"));
      assertTrue(message.startsWith("no/such: folder not found; "), message);
    }
  }

  private static String message(Runnable call) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }
}

package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.testdata.Golden;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a string is taken for: a folder that is there, or a name. */
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
      assertEquals(Models.describe(encoder.toString()).config(), model.config());
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

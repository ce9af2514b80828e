package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.testdata.Golden;
import io.github.modernbert.testdata.ModelCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests that assumptions about what a folder does not say are logged, once each time a model is
 * loaded.
 */
final class AssumptionsLoggedTest {
  private static final Path MASKED_LM =
      Golden.project().resolve("src-test-data/golden-extra/fill-mask/tied");

  @Test
  void meanPoolingThatIsAssumed() {
    List<String> warnings = warnings(TextEmbedder::load, MASKED_LM);
    assertEquals(1, warnings.size(), warnings.toString());
    assertTrue(
        warnings
            .getFirst()
            .startsWith(
                MASKED_LM + ": no modules.json says how tokens become a vector; their mean"),
        warnings.toString());
    assertEquals(1, warnings(SparseEncoder::load, MASKED_LM).size());
  }

  @Test
  void settingsOfLateInteractionThatAreAssumed(@TempDir Path temporary) throws IOException {
    Path source = Golden.project().resolve("src-test-data/golden-extra/multi-vector/native");
    assertEquals(List.of(), warnings(ColBert::load, source));
    Path copy = ModelCopy.of(source, temporary.resolve("model")).folder();
    Files.delete(copy.resolve("config_sentence_transformers.json"));
    List<String> warnings = warnings(ColBert::load, copy);
    assertEquals(1, warnings.size(), warnings.toString());
    assertTrue(
        warnings.getFirst().startsWith(copy + ": no config_sentence_transformers.json says how"),
        warnings.toString());
  }

  @Test
  void nothingIsLoggedOfWhatAFolderSays() {
    assertEquals(List.of(), warnings(_ -> TextEmbedder.bundled(), MASKED_LM));
    assertEquals(List.of(), warnings(TokenClassifier::load, TaskCases.folder("entities")));
    assertEquals(List.of(), warnings(FillMask::load, MASKED_LM));
  }

  private static List<String> warnings(Function<Path, TaskModel> load, Path folder) {
    try (var log = new LogCapture();
        TaskModel model = load.apply(folder)) {
      model.info();
      return log.warnings();
    }
  }
}

package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.testdata.ModelCopy;
import io.github.modernbert.weights.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models whose weights are not in one file of safetensors, loaded as they are and converted. */
final class ConvertTest {
  private static final Path EXTRA = Golden.project().resolve("src-test-data/golden-extra");
  private static final String TEXT = "the text of a test";

  private Path temporary;
  private Path target;

  @BeforeEach
  void setUp(@TempDir Path temporary) {
    this.temporary = temporary;
    target = temporary.resolve("converted");
  }

  private static float[] vector(Path folder) {
    try (var embedder = TextEmbedder.load(folder)) {
      return embedder.embed(TEXT);
    }
  }

  /** A copy of a model whose weights are replaced by those of PyTorch. */
  private Path withWeightsOf(String name, Path source) throws IOException {
    Path copy = ModelCopy.of(source, temporary.resolve(name)).folder();
    Path weights = EXTRA.resolve("pytorch").resolve(name);
    try (var tree = Files.walk(weights)) {
      for (Path file : tree.filter(Files::isRegularFile).toList()) {
        Path place = copy.resolve(weights.relativize(file).toString());
        Files.copy(file, place);
        Files.delete(place.resolveSibling("model.safetensors"));
      }
    }
    return copy;
  }

  private static List<String> weights(Path folder) throws IOException {
    try (var tree = Files.walk(folder)) {
      return tree.filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString().replace('\\', '/'))
          .filter(file -> file.matches(".*model\\.(bin|safetensors)|.*(adapter|index).*"))
          .sorted()
          .toList();
    }
  }

  @Test
  void embedderOfPyTorch() throws IOException {
    Path source = Golden.root().resolve("sentence-transformers/dense-twice");
    Path folder = withWeightsOf("embedder", source);
    assertEquals(3, weights(folder).stream().filter(file -> file.endsWith(".bin")).count());
    float[] expected = vector(source);
    assertArrayEquals(expected, vector(folder));
    Models.convert(folder, target);
    assertArrayEquals(expected, vector(target));
    assertEquals(weights(source), weights(target));
    Path integers = temporary.resolve("int8");
    Models.quantize(folder, integers);
    assertEquals(weights(source), weights(integers));
  }

  @Test
  void maskedLmOfPyTorch() throws IOException {
    Path source = EXTRA.resolve("fill-mask/tied");
    Path folder = withWeightsOf("masked-lm", source);
    try (var expected = FillMask.load(source);
        var found = FillMask.load(folder)) {
      String text = "a " + expected.maskToken() + " b";
      assertEquals(expected.fill(text), found.fill(text));
    }
    Models.convert(folder, target);
    try (var original = Checkpoint.open(source);
        var stored = Checkpoint.open(folder);
        var converted = Checkpoint.open(target)) {
      assertTrue(stored.find("decoder.weight").isPresent());
      assertEquals(Set.copyOf(original.names()), Set.copyOf(converted.names()));
    }
  }

  /** An adapter whose base model is in a folder. */
  private Path adapter(String name) {
    Path base = EXTRA.resolve("adapters/base").toAbsolutePath();
    return ModelCopy.of(EXTRA.resolve("adapters").resolve(name), temporary.resolve(name))
        .json(
            "adapter_config.json",
            json -> json.addProperty("base_model_name_or_path", base.toString()))
        .folder();
  }

  @Test
  void adapterOfAnEmbedder() throws IOException {
    Path folder = adapter("features");
    float[] expected = vector(folder);
    assertFalse(Arrays.equals(vector(EXTRA.resolve("adapters/base")), expected));
    Models.convert(folder, target);
    assertEquals(List.of("model.safetensors"), weights(target));
    assertArrayEquals(expected, vector(target));
  }

  @Test
  void adapterOfAClassifier() throws IOException {
    Path folder = adapter("sequence");
    assertEquals(Task.TEXT_CLASSIFICATION, Models.describe(folder).mainTask());
    Models.convert(folder, target);
    assertEquals(Models.describe(folder).tasks(), Models.describe(target).tasks());
    try (var adapted = TextClassifier.load(folder);
        var converted = TextClassifier.load(target)) {
      assertEquals(List.of("LABEL_0", "LABEL_1", "LABEL_2"), adapted.labels());
      assertEquals(adapted.classify(TEXT), converted.classify(TEXT));
      assertEquals(adapted.labels(), converted.labels());
    }
    Path integers = temporary.resolve("int8");
    Models.quantize(folder, integers);
    var eights = LoadOptions.defaults().precision(Precision.INT8);
    try (var adapted = TextClassifier.load(folder, eights);
        var quantized = TextClassifier.load(integers)) {
      assertEquals(adapted.classify(TEXT), quantized.classify(TEXT));
    }
  }

  @Test
  void targetsAreChecked() {
    Path source = Golden.root().resolve("sentence-transformers/dense-twice");
    var exists = assertThrows(IllegalArgumentException.class, () -> Models.convert(source, source));
    assertTrue(String.valueOf(exists.getMessage()).contains("exists already"));
    Path nowhere = target.resolve("a");
    var parent =
        assertThrows(IllegalArgumentException.class, () -> Models.convert(source, nowhere));
    assertTrue(String.valueOf(parent.getMessage()).contains("there is no folder"));
  }

  /** A damaged model is refused: its copy would look like a whole one. */
  @Test
  void aBrokenLinkIsNotLeftOut() throws IOException {
    Path source = Golden.root().resolve("sentence-transformers/dense-twice");
    Path copy = ModelCopy.of(source, temporary.resolve("source")).folder();
    Path broken = copy.resolve("tokenizer_config.json");
    Files.delete(broken);
    Files.createSymbolicLink(broken, temporary.resolve("missing"));
    var refused = assertThrows(ModelFileException.class, () -> Models.convert(copy, target));
    assertEquals(broken + ": file not found", refused.getMessage());
    try (var left = Files.list(temporary)) {
      assertEquals(List.of(copy), left.toList());
    }
  }
}

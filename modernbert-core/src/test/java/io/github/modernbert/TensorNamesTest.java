package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.testdata.ModelCopy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints in which tensors have other names than the model gives them. */
final class TensorNamesTest {
  private static final Path EXTRA = Golden.project().resolve("src-test-data/golden-extra");
  private static final Path CLASSIFIER =
      Golden.folders("checkpoints/heads/seq-cls-single", "config.json").getFirst();
  private static final Path TIED = EXTRA.resolve("fill-mask/tied");
  private static final Path UNTIED = EXTRA.resolve("sparse/sum-log1p");
  private static final String EMBEDDINGS = "model.embeddings.tok_embeddings.weight";

  @TempDir Path temporary;

  private Path renamed(Path source, String copy, UnaryOperator<String> rename) {
    return ModelCopy.of(source, temporary.resolve(copy)).rename(rename).folder();
  }

  private static float[] states(Path folder) {
    try (var model = ModernBertModel.load(folder)) {
      return model.lastHiddenState(new int[] {1, 2, 3, 4, 5})[4];
    }
  }

  /** The prefixes that wrappers of PyTorch put before names are taken away, wherever they stand. */
  @Test
  void wrappers() {
    float[] expected = states(CLASSIFIER);
    var renames =
        Map.<String, UnaryOperator<String>>of(
            "compiled", name -> "_orig_mod." + name,
            "parallel", name -> "module." + name,
            "both", name -> "module._orig_mod." + name,
            "reverse", name -> "_orig_mod.module." + name,
            "inside", name -> name.replace("model.layers", "model._orig_mod.layers"),
            "bare", name -> "_orig_mod." + name.replace("model.", ""),
            "sharded",
                name ->
                    "_fsdp_wrapped_module."
                        + name.replace("model.layers", "model._fsdp_wrapped_module.layers"),
            "sharded and compiled", name -> "_fsdp_wrapped_module._orig_mod." + name,
            "recomputed",
                name -> name.replace("model.layers", "model._checkpoint_wrapped_module.layers"));
    renames.forEach((copy, rename) -> {
      Path folder = renamed(CLASSIFIER, copy, rename);
      assertArrayEquals(expected, states(folder), copy);
      ModelDescription description = Models.describe(folder);
      assertEquals(Models.describe(CLASSIFIER).tasks(), description.tasks(), copy);
    });
  }

  @Test
  void namesThatBecomeTheSameAreRefused() {
    Path folder =
        renamed(
            CLASSIFIER,
            "twice",
            name -> name.equals("head.norm.weight") ? "_orig_mod.head.dense.weight" : name);
    var e = assertThrows(ModelFileException.class, () -> ModernBertModel.load(folder));
    assertTrue(String.valueOf(e.getMessage()).contains("'head.dense.weight' stands twice"));
  }

  private static List<TokenPrediction> predictions(Path folder) {
    try (var model = FillMask.load(folder)) {
      return model.fill("a " + model.maskToken() + " b").getFirst().predictions();
    }
  }

  @Test
  void theDecoderStandsForTheEmbeddingsIfTheyAreTied() {
    Path folder =
        renamed(TIED, "decoder", name -> name.equals(EMBEDDINGS) ? "decoder.weight" : name);
    try (var log = new LogCapture()) {
      assertEquals(predictions(TIED), predictions(folder));
      assertEquals(List.of(), log.warnings());
    }
    ModelCopy untied =
        ModelCopy.of(folder, temporary.resolve("untied"))
            .json("config.json", config -> config.addProperty("tie_word_embeddings", false));
    var e = assertThrows(ModelFileException.class, () -> ModernBertModel.load(untied.folder()));
    assertTrue(String.valueOf(e.getMessage()).contains("'" + EMBEDDINGS + "' is missing"));
  }

  @Test
  void aDecoderThatDiffersIsUsedWithAWarning() {
    Path folder =
        ModelCopy.of(UNTIED, temporary.resolve("tied"))
            .json("config.json", config -> config.addProperty("tie_word_embeddings", true))
            .folder();
    try (var log = new LogCapture();
        var expected = SparseEncoder.load(UNTIED);
        var found = SparseEncoder.load(folder)) {
      assertEquals(expected.encode("some words"), found.encode("some words"));
      assertEquals(1, log.warnings().size(), log.warnings().toString());
      assertTrue(
          log.warnings().getFirst().contains("decoder.weight differs from the embeddings"),
          log.warnings().toString());
    }
  }
}

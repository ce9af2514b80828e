package io.github.modernbert.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.testdata.Golden;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every model of the golden folders loads, and its tensors have the shapes of its configuration.
 */
class ModelFoldersTest {

  @TestFactory
  Stream<DynamicTest> checkpoints() {
    List<Path> folders = Golden.folders("checkpoints", "config.json");
    Golden.report("checkpoints", folders.size());
    return folders.stream()
        .map(folder ->
            dynamicTest(
                folder.toString(), () -> requireTensors(folder, ModernBertConfig.read(folder))));
  }

  private static void requireTensors(Path folder, ModernBertConfig config) {
    int hidden = config.hiddenSize();
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      String prefix = checkpoint.names().contains("final_norm.weight") ? "" : "model.";
      checkpoint
          .tensor(prefix + "embeddings.tok_embeddings.weight")
          .requireShape(config.vocabSize(), hidden);
      for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
        String at = prefix + "layers." + layer + ".";
        checkpoint.tensor(at + "attn.Wqkv.weight").requireShape(3L * hidden, hidden);
        checkpoint
            .tensor(at + "mlp.Wi.weight")
            .requireShape(2L * config.intermediateSize(), hidden);
        assertEquals(config.normBias(), checkpoint.find(at + "mlp_norm.bias").isPresent());
        assertEquals(config.attentionBias(), checkpoint.find(at + "attn.Wo.bias").isPresent());
        assertEquals(config.mlpBias(), checkpoint.find(at + "mlp.Wo.bias").isPresent());
      }
      int outputs = task(folder).equals("choice") ? 1 : config.numLabels();
      checkpoint
          .find("classifier.weight")
          .ifPresent(weight -> weight.requireShape(outputs, hidden));
    }
  }

  /** The task of the folder's cases; empty for hidden states. */
  private static String task(Path folder) {
    Path cases = folder.resolve("cases.json");
    if (!Files.exists(cases) || !Golden.json(cases).getAsJsonObject().has("task")) {
      return "";
    }
    return Golden.json(cases).getAsJsonObject().get("task").getAsString();
  }

  @TestFactory
  Stream<DynamicTest> sentenceTransformers() {
    List<Path> folders = Golden.folders("sentence-transformers", "config.json", "cases.json");
    Golden.report("sentence-transformers folders", folders.size());
    return folders.stream()
        .map(folder -> dynamicTest(folder.toString(), () -> checkSentenceTransformers(folder)));
  }

  private static void checkSentenceTransformers(Path folder) {
    var model = SentenceTransformersFolder.read(folder);
    assertEquals(Files.exists(folder.resolve("modules.json")), model.hasModules());
    JsonObject cases = Golden.json(folder.resolve("cases.json")).getAsJsonObject();
    Path expectedFile = folder.resolve("expected.safetensors");
    if (Files.exists(expectedFile)) {
      checkVectors(model, cases, expectedFile);
    }
    checkDenseWeights(model);
  }

  private static void checkVectors(
      SentenceTransformersFolder model, JsonObject cases, Path expectedFile) {
    try (Checkpoint expected = Checkpoint.open(expectedFile)) {
      int i = 0;
      for (JsonElement one : cases.getAsJsonArray("cases")) {
        JsonObject options = one.getAsJsonObject().getAsJsonObject("options");
        int dimension = Math.min(model.truncateDim().orElse(model.dimension()), model.dimension());
        if (options.has("truncate_dim") && !options.get("truncate_dim").isJsonNull()) {
          dimension = Math.min(options.get("truncate_dim").getAsInt(), model.dimension());
        }
        int texts = one.getAsJsonObject().getAsJsonArray("texts").size();
        expected.tensor("case." + i + ".truth").requireShape(texts, dimension);
        for (JsonElement ids : one.getAsJsonObject().getAsJsonArray("input_ids")) {
          assertTrue(ids.getAsJsonArray().size() <= model.maxSeqLength(), expectedFile.toString());
        }
        i++;
      }
    }
  }

  private static void checkDenseWeights(SentenceTransformersFolder model) {
    for (EmbeddingModule module : model.modules()) {
      if (module instanceof EmbeddingModule.Dense dense) {
        try (Checkpoint weights = Checkpoint.open(dense.folder())) {
          weights.tensor("linear.weight").requireShape(dense.outFeatures(), dense.inFeatures());
          assertEquals(dense.bias(), weights.find("linear.bias").isPresent());
        }
      }
    }
  }
}

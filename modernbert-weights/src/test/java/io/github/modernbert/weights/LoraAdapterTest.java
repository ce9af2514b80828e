package io.github.modernbert.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.testdata.ModelCopy;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adapters of LoRA and their base model; what the merged models compute is tested in core. */
class LoraAdapterTest {
  private static final Path ADAPTERS =
      Golden.project().resolve("src-test-data/golden-extra/adapters");
  private static final Path BASE = ADAPTERS.resolve("base");
  private static final Function<String, Path> HUB =
      name -> {
        assertEquals("adapters/base", name);
        return BASE;
      };

  @TempDir Path folder;

  private static TransformerFiles files(String name) {
    return TransformerFiles.of(ADAPTERS.resolve(name), HUB);
  }

  private ModelCopy copy(String name) {
    return ModelCopy.of(ADAPTERS.resolve(name), folder.resolve(name));
  }

  /** W + scale · B · A in float64, for one weight. */
  private static void requireMerged(
      String adapter, String weight, String module, boolean embedding, double scale)
      throws IOException {
    Path matrices = LoraAdapter.file(ADAPTERS.resolve(adapter));
    String lora = "base_model.model." + module + (embedding ? ".lora_embedding_" : ".lora_");
    String end = embedding ? "" : ".weight";
    try (Checkpoint base = Checkpoint.open(BASE);
        Checkpoint own = Checkpoint.open(matrices);
        Checkpoint merged = files(adapter).open()) {
      Tensor before = base.tensor(weight);
      Tensor after = merged.tensor(weight);
      assertEquals(before.shape(), after.shape());
      assertEquals(DType.F32, after.dtype());
      float[] w = before.toFloats();
      float[] a = own.tensor(lora + "A" + end).toFloats();
      float[] b = own.tensor(lora + "B" + end).toFloats();
      int columns = before.shape().getLast().intValue();
      int rows = before.shape().getFirst().intValue();
      int rank = b.length / (embedding ? columns : rows);
      float[] found = after.toFloats();
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < columns; c++) {
          double sum = 0;
          for (int k = 0; k < rank; k++) {
            sum +=
                embedding
                    ? (double) b[c * rank + k] * a[k * rows + r]
                    : (double) b[r * rank + k] * a[k * columns + c];
          }
          assertEquals(w[r * columns + c] + scale * sum, found[r * columns + c], 1e-5);
        }
      }
      requireParts(after, found);
    }
  }

  /** Ranges that begin and end within rows, and bytes that begin within an element. */
  private static void requireParts(Tensor tensor, float[] all) {
    var part = new float[all.length / 3];
    tensor.readFloats(all.length / 2, part.length, MemorySegment.ofArray(part));
    for (int i = 0; i < part.length; i++) {
      assertEquals(all[all.length / 2 + i], part[i]);
    }
    var bytes = new byte[7];
    tensor.readBytes(4 * 33 + 2, bytes);
    assertEquals((byte) (Float.floatToRawIntBits(all[33]) >> 16), bytes[0]);
    assertEquals((byte) Float.floatToRawIntBits(all[34]), bytes[2]);
  }

  @Test
  void productsAreAddedToWeights() throws IOException {
    requireMerged("features", "model.layers.1.mlp.Wi.weight", "layers.1.mlp.Wi", false, 8.0 / 4);
    requireMerged(
        "sequence", "model.layers.2.attn.Wqkv.weight", "model.layers.2.attn.Wqkv", false, 9.0 / 3);
    requireMerged("tokens", "head.dense.weight", "head.dense", false, 6.0 / 3);
    requireMerged(
        "embeddings",
        "model.embeddings.tok_embeddings.weight",
        "model.embeddings.tok_embeddings",
        true,
        4.0 / 4);
  }

  @Test
  void ranksAndScalesFollowPatterns() throws IOException {
    String wo = "layers.%d.attn.Wo";
    requireMerged(
        "patterns", "model.layers.1.attn.Wo.weight", wo.formatted(1), false, 8 / Math.sqrt(2));
    requireMerged(
        "patterns", "model.layers.2.attn.Wo.weight", wo.formatted(2), false, 16 / Math.sqrt(2));
    requireMerged(
        "patterns", "model.layers.1.mlp.Wi.weight", "layers.1.mlp.Wi", false, 8 / Math.sqrt(6));
    requireMerged(
        "patterns",
        "model.layers.3.attn.Wqkv.weight",
        "layers.3.attn.Wqkv",
        false,
        3 / Math.sqrt(4));
  }

  @Test
  void headsAreReplaced() {
    ModernBertConfig sequence = files("sequence").config();
    assertEquals(List.of("ModernBertForSequenceClassification"), sequence.architectures());
    assertEquals(List.of("LABEL_0", "LABEL_1", "LABEL_2"), sequence.labels());
    ModernBertConfig tokens = files("tokens").config();
    assertEquals(List.of("ModernBertForTokenClassification"), tokens.architectures());
    assertEquals(List.of("O", "B-PER", "I-PER", "B-LOC", "I-LOC"), tokens.labels());
    assertEquals(List.of("ModernBertForMaskedLM"), files("features").config().architectures());
    try (Checkpoint checkpoint = files("sequence").open();
        Checkpoint own = Checkpoint.open(LoraAdapter.file(ADAPTERS.resolve("sequence")))) {
      checkpoint.tensor("classifier.weight").requireShape(3, 32);
      assertTrue(
          checkpoint
              .tensor("head.dense.weight")
              .hasValuesOf(own.tensor("base_model.model.head.dense.weight")));
    }
  }

  /**
   * In the reference an adapter of the embeddings does not reach a decoder that is tied to them.
   */
  @Test
  void theDecoderStaysWhatItWas() {
    try (Checkpoint base = Checkpoint.open(BASE);
        Checkpoint merged = files("embeddings").open()) {
      String name = "model.embeddings.tok_embeddings.weight";
      assertTrue(merged.tensor("decoder.weight").hasValuesOf(base.tensor(name)));
      assertFalse(merged.tensor(name).hasValuesOf(base.tensor(name)));
    }
  }

  @Test
  void filesLieInTheFolderOrWithTheBase() {
    assertEquals(BASE, files("features").tokenizer());
    ModelCopy copy = copy("features");
    ModelCopy complete = ModelCopy.of(BASE, folder.resolve("complete"));
    for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
      copyFile(copy.folder().resolve(file), complete.folder().resolve(file));
    }
    var files = TransformerFiles.of(complete.folder(), name -> fail(name));
    assertEquals(complete.folder(), files.tokenizer());
    try (Checkpoint merged = files.open();
        Checkpoint expected = files("features").open()) {
      assertEquals(Set.copyOf(expected.names()), Set.copyOf(merged.names()));
      String name = "model.layers.0.mlp.Wo.weight";
      assertTrue(expected.tensor(name).hasValuesOf(merged.tensor(name)));
    }
  }

  private static Path fail(String name) {
    throw new AssertionError("asked for " + name);
  }

  private static void copyFile(Path from, Path to) {
    try {
      Files.copy(from, to);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void missingFilesAreNamed() throws IOException {
    Path adapter = copy("features").folder();
    Refusal.of(
        () -> TransformerFiles.of(adapter),
        "adapter_config.json",
        "holds an adapter, which needs its base model",
        "adapters/base: folder not found");
    Files.delete(adapter.resolve("adapter_model.safetensors"));
    Refusal.of(
        () -> TransformerFiles.of(adapter, HUB), "is an adapter", "adapter_model.safetensors");
    for (String weights : List.of("adapter_model.safetensors", "adapter_model.bin")) {
      Path lone = Files.createDirectory(folder.resolve(weights.replace('.', '-')));
      Files.createFile(lone.resolve(weights));
      Refusal.of(
          () -> TransformerFiles.of(lone), "adapter_config.json: file not found", "in " + weights);
    }
  }

  @Test
  void aBaseThatIsAnAdapterIsRefused() {
    Refusal.of(
        () -> TransformerFiles.of(ADAPTERS.resolve("features"), _ -> ADAPTERS.resolve("tokens")),
        "is an adapter itself");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "peft_type | '\"IA3\"' | LORA",
        "use_dora | true | only plain LoRA",
        "lora_bias | true | only plain LoRA",
        "target_parameters | '[\"x\"]' | only plain LoRA",
        "trainable_token_indices | '[1]' | only plain LoRA",
        "use_something_new | '{\"a\":1}' | only plain LoRA",
        "init_lora_weights | '\"pissa\"' | change their base model",
        "r | 0 | an integer from 1",
        "lora_alpha | '\"x\"' | a number",
        "rank_pattern | '{\"(a|b)+\":2}' | the name of a module",
        "base_model_name_or_path | null | base_model_name_or_path is missing",
      })
  void settingsThatCannotBeMergedAreNamed(String key, String value, String problem) {
    ModelCopy copy =
        copy("features")
            .json(
                "adapter_config.json",
                json -> json.add(key, com.google.gson.JsonParser.parseString(value)));
    Refusal.of(
        () -> TransformerFiles.of(copy.folder(), HUB), "adapter_config.json: " + key, problem);
  }

  @Test
  void doraIsNamed() {
    Refusal.of(() -> files("dora"), "adapter_config.json: use_dora", "only plain LoRA");
    ModelCopy copy =
        copy("dora").json("adapter_config.json", json -> json.addProperty("use_dora", false));
    var files = TransformerFiles.of(copy.folder(), HUB);
    Refusal.of(files::open, "lora_magnitude_vector", "such as DoRA");
  }

  @Test
  void matricesThatDoNotFitAreNamed() {
    ModelCopy rank = copy("features").json("adapter_config.json", j -> j.addProperty("r", 5));
    Refusal.of(
        () -> TransformerFiles.of(rank.folder(), HUB).open(),
        "lora_A.weight",
        "[5, 32]",
        "[4, 32]");
    ModelCopy unknown =
        ModelCopy.of(ADAPTERS.resolve("features"), folder.resolve("unknown"))
            .rename("adapter_model.safetensors", name -> name.replace("layers.3.", "layers.9."));
    Refusal.of(
        () -> TransformerFiles.of(unknown.folder(), HUB).open(),
        "layers.9.",
        "a module that the base model does not have");
    ModelCopy half =
        ModelCopy.of(ADAPTERS.resolve("features"), folder.resolve("half"))
            .rename(
                "adapter_model.safetensors",
                name -> name.replace("layers.3.mlp.Wo.lora_A", "layers.3.mlp.Wo.other"));
    Refusal.of(() -> TransformerFiles.of(half.folder(), HUB).open(), "expected lora_A and lora_B");
  }
}

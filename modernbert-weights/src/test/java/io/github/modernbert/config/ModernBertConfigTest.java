package io.github.modernbert.config;

import static io.github.modernbert.config.LayerType.FULL_ATTENTION;
import static io.github.modernbert.config.LayerType.SLIDING_ATTENTION;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.files.Json;
import io.github.modernbert.weights.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Defaults, precedence of keys and refusals, as transformers 5.23 has them. */
class ModernBertConfigTest {

  private static ModernBertConfig config(String members) {
    String comma = members.isEmpty() ? "" : ",";
    return ModernBertConfig.of(
        Json.parse("config.json", "{\"model_type\":\"modernbert\"" + comma + members + "}"));
  }

  @Test
  void defaults() {
    ModernBertConfig config = config("");
    assertEquals(50368, config.vocabSize());
    assertEquals(768, config.hiddenSize());
    assertEquals(1152, config.intermediateSize());
    assertEquals(22, config.numHiddenLayers());
    assertEquals(12, config.numAttentionHeads());
    assertEquals(64, config.headDim());
    assertEquals(64, config.windowReach());
    assertEquals(8192, config.maxPositionEmbeddings());
    assertEquals(1e-5, config.normEps());
    assertTrue(config.isGlobal(0) && !config.isGlobal(1) && config.isGlobal(21));
    assertEquals(new RopeSettings.Default(160_000), config.rope(FULL_ATTENTION));
    assertEquals(new RopeSettings.Default(10_000), config.rope(SLIDING_ATTENTION));
    assertFalse(
        config.normBias() || config.attentionBias() || config.mlpBias() || config.classifierBias());
    assertTrue(config.decoderBias() && config.tieWordEmbeddings());
    assertEquals(ActivationFunction.GELU, config.hiddenActivation());
    assertEquals(ActivationFunction.GELU, config.classifierActivation());
    assertEquals(ClassifierPooling.CLS, config.classifierPooling());
    assertEquals(List.of("LABEL_0", "LABEL_1"), config.labels());
    assertEquals(
        new SpecialTokenIds(
            OptionalInt.of(50283),
            OptionalInt.of(50281),
            OptionalInt.of(50282),
            OptionalInt.of(50281),
            List.of(50282)),
        config.specialTokenIds());
    assertThrows(IndexOutOfBoundsException.class, () -> config.isGlobal(22));
  }

  @Test
  void newKeysWin() {
    ModernBertConfig config =
        config(
            """
            "num_hidden_layers":2,"layer_types":["sliding_attention","attention"],
            "global_attn_every_n_layers":0,"global_rope_theta":1,"local_rope_theta":2,
            "rope_parameters":{"full_attention":{"rope_type":"default","rope_theta":7}},
            "local_attention":50,"sliding_window":10,"norm_eps":0.5,"layer_norm_eps":0.25\
            """);
    assertEquals(List.of(SLIDING_ATTENTION, FULL_ATTENTION), config.layerTypes());
    assertEquals(new RopeSettings.Default(7), config.rope(FULL_ATTENTION));
    assertEquals(new RopeSettings.Default(2), config.rope(SLIDING_ATTENTION));
    assertEquals(20, config.localAttention());
    assertEquals(10, config.windowReach());
    assertEquals(0.5, config.normEps());
    assertEquals(1e-5, config("\"layer_norm_eps\":0.25").normEps());
  }

  @Test
  void localThetaNullIsTheGlobalOne() {
    assertEquals(
        new RopeSettings.Default(5),
        config("\"global_rope_theta\":5,\"local_rope_theta\":null").rope(SLIDING_ATTENTION));
    assertEquals(
        new RopeSettings.Default(160_000),
        config("\"local_rope_theta\":null").rope(SLIDING_ATTENTION));
  }

  @Test
  void legacyRopeScalingAppliesToBothKinds() {
    ModernBertConfig config = config("\"rope_scaling\":{\"rope_type\":\"linear\",\"factor\":2}");
    assertEquals(new RopeSettings.Linear(160_000, 2), config.rope(FULL_ATTENTION));
    assertEquals(new RopeSettings.Linear(10_000, 2), config.rope(SLIDING_ATTENTION));
    assertEquals(
        new RopeSettings.Default(160_000),
        config("\"rope_scaling\":{\"type\":\"linear\",\"factor\":2}").rope(FULL_ATTENTION));
  }

  @Test
  void onlyLayerTypesInUseNeedSettings() {
    ModernBertConfig config =
        config(
            """
            "num_hidden_layers":1,
            "rope_parameters":{"sliding_attention":{"rope_type":"dynamic","factor":2}}\
            """);
    Refusal.by(
        IllegalArgumentException.class, () -> config.rope(SLIDING_ATTENTION), "sliding_attention");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'\"id2label\":{\"1\":\"b\",\"0\":\"a\",\"2\":\"c\"}' | a b c",
        "'\"id2label\":{\"0\":\"a\"},\"num_labels\":3' | LABEL_0 LABEL_1 LABEL_2",
        "'\"id2label\":null' | LABEL_0 LABEL_1",
        "'\"num_labels\":1' | LABEL_0",
        "'\"id2label\":{\"0\":0,\"1\":1}' | 0 1",
        "'\"label2id\":{\"a\":0}' | LABEL_0 LABEL_1",
      })
  void labels(String members, String labels) {
    assertEquals(List.of(labels.split(" ")), config(members).labels());
  }

  @Test
  void headsAndIds() {
    ModernBertConfig config =
        config(
            """
            "problem_type":"multi_label_classification","classifier_pooling":"mean",
            "hidden_activation":"gelu_pytorch_tanh","classifier_activation":"swish",
            "pad_token_id":null,"eos_token_id":[1,2],"architectures":["ModernBertModel"]\
            """);
    assertEquals(Optional.of(ProblemType.MULTI_LABEL_CLASSIFICATION), config.problemType());
    assertEquals(ClassifierPooling.MEAN, config.classifierPooling());
    assertEquals(ActivationFunction.GELU_TANH, config.hiddenActivation());
    assertEquals(ActivationFunction.SILU, config.classifierActivation());
    assertEquals(OptionalInt.empty(), config.specialTokenIds().pad());
    assertEquals(List.of(1, 2), config.specialTokenIds().eos());
    assertEquals(List.of("ModernBertModel"), config.architectures());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'\"num_attention_heads\":7' | num_attention_heads 7 768",
        "'\"hidden_size\":36,\"num_attention_heads\":12' | num_attention_heads 12 36 even",
        "'\"num_attention_heads\":0' | num_attention_heads 0",
        "'\"hidden_size\":-8' | hidden_size -8",
        "'\"hidden_size\":1e30' | hidden_size 1e30",
        "'\"hidden_size\":2147483646' | hidden_size 2147483646",
        "'\"hidden_size\":null' | hidden_size null",
        "'\"hidden_size\":\"768\"' | hidden_size 768",
        "'\"hidden_size\":768.5' | hidden_size 768.5",
        "'\"head_dim\":32' | head_dim 32 64",
        "'\"vocab_size\":0' | vocab_size 0",
        "'\"num_hidden_layers\":0' | num_hidden_layers 0",
        "'\"num_hidden_layers\":2000000000' | num_hidden_layers 2000000000",
        "'\"num_hidden_layers\":3,\"layer_types\":[\"full_attention\"]' | layer_types 3 1",
        "'\"layer_types\":[\"chunked_attention\"]' | layer_types[0] chunked_attention",
        "'\"layer_types\":\"full_attention\"' | layer_types array",
        "'\"global_attn_every_n_layers\":0' | global_attn_every_n_layers 0",
        "'\"local_attention\":-1' | local_attention -1",
        "'\"sliding_window\":null' | sliding_window null",
        "'\"norm_eps\":-1e-5' | norm_eps -1e-5",
        "'\"norm_bias\":0' | norm_bias 0",
        "'\"hidden_activation\":\"gelo\"' | hidden_activation gelo gelu_new",
        "'\"classifier_pooling\":\"max\"' | classifier_pooling max mean",
        "'\"vocab_size\":100' | pad_token_id 50283 100",
        "'\"pad_token_id\":\"0\"' | pad_token_id 0",
        "'\"global_rope_theta\":0' | global_rope_theta 0",
        "'\"global_rope_theta\":null' | global_rope_theta null",
        "'\"local_rope_theta\":-5.0' | local_rope_theta -5.0",
        "'\"local_rope_theta\":1e300' | local_rope_theta 1e300",
        "'\"rope_parameters\":{\"rope_type\":\"default\"}' | rope_parameters.rope_type",
        "'\"rope_parameters\":{\"full_attention\":null}' | rope_parameters.full_attention null",
      })
  void refused(String members, String named) {
    String[] parts = ("config.json " + named).split(" ");
    Refusal.of(() -> config(members), parts);
  }

  /** Keys that only classifiers need are no obstacle for other models that carry them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'\"id2label\":{\"0\":\"a\",\"2\":\"c\"}' | id2label 1 missing",
        "'\"id2label\":{\"x\":\"a\"}' | id2label.x integer",
        "'\"id2label\":[\"a\"]' | id2label object",
        "'\"num_labels\":null' | num_labels null",
        "'\"id2label\":{\"0\":\"a\",\"00\":\"b\"}' | id2label.00 twice",
        "'\"id2label\":{\"1\":\"a\",\"2\":\"b\"}' | id2label 0 missing",
      })
  void labelsAreRefusedWhenTheyAreNeeded(String members, String named) {
    ModernBertConfig config = config(members);
    String[] parts = ("config.json " + named).split(" ");
    Refusal.of(config::labels, parts);
    Refusal.of(config::numLabels, parts);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'\"problem_type\":\"x\",\"num_labels\":1' | problem_type x regression",
        "'\"problem_type\":\"single_label_classification\",\"num_labels\":1' | problem_type single",
      })
  void aProblemTypeIsRefusedWhenItIsNeeded(String members, String named) {
    ModernBertConfig config = config(members);
    assertEquals(1, config.numLabels());
    Refusal.of(config::problemType, ("config.json " + named).split(" "));
  }

  @Test
  void activationsOfHeadsAreRefusedWhenTheyAreNeeded() {
    ModernBertConfig config = config("\"classifier_activation\":\"gelo\"");
    Refusal.of(config::classifierActivation, "config.json", "classifier_activation", "gelo");
  }

  @Test
  void architecturesThatAreNoListOfNamesSayNothing() {
    assertEquals(List.of(), config("\"architectures\":\"x\"").architectures());
    assertEquals(List.of("x"), config("\"architectures\":[1,\"x\"]").architectures());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'\"rope_type\":\"dynamic\",\"factor\":2' | rope_type dynamic",
        "'\"rope_type\":\"longrope\"' | rope_type longrope",
        "'\"rope_type\":\"linear\"' | factor missing",
        "'\"rope_type\":\"linear\",\"factor\":0' | factor 0",
        "'\"rope_type\":\"yarn\",\"factor\":2,\"rope_theta\":1' | rope_theta 1",
        "'\"rope_type\":\"llama3\",\"factor\":2' | low_freq_factor missing",
        "'\"rope_type\":\"llama3\",\"factor\":2,\"low_freq_factor\":4,\"high_freq_factor\":1'"
            + " | high_freq_factor 4 1",
        "'\"rope_type\":\"linear\",\"factor\":2,\"partial_rotary_factor\":0.5'"
            + " | partial_rotary_factor 0.5",
        "'\"rope_theta\":\"x\"' | rope_theta x",
      })
  void refusedRope(String members, String named) {
    String parameters = "\"rope_parameters\":{\"full_attention\":{" + members + "}}";
    Refusal.of(() -> config(parameters), ("config.json " + named).split(" "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bert", "ModernBert", "modernbert-decoder", "GLiClass"})
  void otherArchitectures(String type) {
    Json json = Json.parse("config.json", "{\"model_type\":\"" + type + "\"}");
    Refusal.of(
        () -> ModernBertConfig.of(json),
        "config.json: model of another architecture: found " + type + ", need modernbert");
    Refusal.of(() -> ModernBertConfig.of(Json.parse("config.json", "{}")), "'model_type'");
  }

  @Test
  void readsFolderOrFile(@TempDir Path folder) throws IOException {
    Refusal.of(() -> ModernBertConfig.read(folder), "config.json", "not found");
    Path file = Files.writeString(folder.resolve("config.json"), "{\"model_type\":\"modernbert\"}");
    assertEquals(config("").hiddenSize(), ModernBertConfig.read(folder).hiddenSize());
    assertEquals(config("").hiddenSize(), ModernBertConfig.read(file).hiddenSize());
  }
}

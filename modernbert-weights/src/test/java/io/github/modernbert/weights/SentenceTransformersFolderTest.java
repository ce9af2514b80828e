package io.github.modernbert.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.config.ActivationFunction;
import io.github.modernbert.config.SimilarityFunction;
import io.github.modernbert.weights.EmbeddingModule.Dense;
import io.github.modernbert.weights.EmbeddingModule.LayerNorm;
import io.github.modernbert.weights.EmbeddingModule.Normalize;
import io.github.modernbert.weights.EmbeddingModule.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Layouts, limits and refusals of sentence-transformers folders. */
class SentenceTransformersFolderTest {
  @TempDir Path root;

  @BeforeEach
  void transformerOfSize768() throws IOException {
    write("config.json", "{\"model_type\":\"modernbert\"}");
  }

  private void write(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  /** Each module as {@code type} or {@code type:path}. */
  private void modules(String... modules) throws IOException {
    var json = new StringBuilder();
    for (int i = 0; i < modules.length; i++) {
      String[] parts = modules[i].split(":", 2);
      String path = parts.length == 2 ? parts[1] : i == 0 ? "" : i + "_" + parts[0];
      json.append(i == 0 ? "" : ",")
          .append("{\"idx\":%d,\"name\":\"%d\",\"path\":\"%s\",".formatted(i, i, path))
          .append("\"type\":\"sentence_transformers.models.%s\"}".formatted(parts[0]));
    }
    write("modules.json", "[" + json + "]");
  }

  private void pooling(String members) throws IOException {
    write("1_Pooling/config.json", "{\"embedding_dimension\":768" + members + "}");
  }

  private SentenceTransformersFolder read() {
    return SentenceTransformersFolder.read(root);
  }

  @Test
  void withoutModulesTheMeanIsPooledAndNothingElseRead() throws IOException {
    write("sentence_bert_config.json", "{\"max_seq_length\":7}");
    write("config_sentence_transformers.json", "{\"prompts\":{\"x\":\"y\"}}");
    var model = read();
    assertFalse(model.hasModules());
    assertEquals(List.of(new Pooling(List.of(PoolingMode.MEAN), 768, true)), model.modules());
    assertEquals(8192, model.maxSeqLength());
    assertEquals(Map.of("query", "", "document", ""), model.prompts().byName());
  }

  @Test
  void everythingTogether() throws IOException {
    modules("Transformer:0_Transformer", "Pooling", "Dense", "Dropout", "Normalize");
    write("0_Transformer/config.json", "{\"model_type\":\"modernbert\"}");
    write(
        "0_Transformer/sentence_roberta_config.json",
        "{\"max_seq_length\":128,\"do_lower_case\":true}");
    write("0_Transformer/tokenizer_config.json", "{\"truncation_side\":\"left\"}");
    pooling(",\"pooling_mode\":[\"mean\",\"cls\"],\"include_prompt\":false");
    write(
        "2_Dense/config.json",
        """
        {"in_features":1536,"out_features":256,"bias":false,"use_residual":true,
        "activation_function":"torch.nn.modules.activation.GELU"}\
        """);
    write(
        "config_sentence_transformers.json",
        """
        {"prompts":{"query":"q: ","nothing":null},"default_prompt_name":"query",
        "truncate_dim":64,"similarity_fn_name":"dot"}\
        """);
    var model = read();
    assertTrue(model.hasModules());
    assertEquals(root.resolve("0_Transformer"), model.files().folder());
    assertEquals(
        List.of(
            new Pooling(List.of(PoolingMode.MEAN, PoolingMode.CLS), 768, false),
            new Dense(
                root.resolve("2_Dense"), 1536, 256, false, ActivationFunction.GELU, false, true),
            new Normalize()),
        model.modules());
    assertEquals(256, model.dimension());
    assertEquals(128, model.maxSeqLength());
    assertTrue(model.doLowerCase());
    assertEquals(Map.of("query", "q: ", "nothing", "", "document", ""), model.prompts().byName());
    assertEquals(Optional.of("query"), model.prompts().defaultName());
    assertEquals(OptionalInt.of(64), model.truncateDim());
    assertEquals(SimilarityFunction.DOT, model.similarity());
  }

  @Test
  void defaultsOfModules() throws IOException {
    modules("Transformer", "Pooling", "Dense");
    write(
        "1_Pooling/config.json",
        "{\"word_embedding_dimension\":768,\"pooling_mode_mean_tokens\":false}");
    write("2_Dense/config.json", "{\"in_features\":768,\"out_features\":5}");
    var dense =
        new Dense(root.resolve("2_Dense"), 768, 5, true, ActivationFunction.TANH, false, false);
    assertEquals(
        List.of(new Pooling(List.of(PoolingMode.MEAN), 768, true), dense), read().modules());
  }

  @Test
  void flagsHaveTheReferencesOrder() throws IOException {
    modules("Transformer", "Pooling");
    pooling(
        """
        ,"pooling_mode_lasttoken":true,"pooling_mode_weightedmean_tokens":true,
        "pooling_mode_mean_tokens":true,"pooling_mode_max_tokens":true,
        "pooling_mode_mean_sqrt_len_tokens":true,"pooling_mode_cls_token":true\
        """);
    var modes =
        List.of(
            PoolingMode.CLS,
            PoolingMode.MAX,
            PoolingMode.MEAN,
            PoolingMode.MEAN_SQRT_LEN_TOKENS,
            PoolingMode.WEIGHTED_MEAN,
            PoolingMode.LAST_TOKEN);
    assertEquals(List.of(new Pooling(modes, 768, true)), read().modules());
    assertEquals(6 * 768, read().dimension());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'{\"model_max_length\":512}' | {} | 512",
        "'{\"model_max_length\":1000000000000000019884624838656}' | {} | 8192",
        "'{\"model_max_length\":9000}' | {} | 8192",
        "'{\"max_len\":77}' | {} | 77",
        "'{}' | '{\"max_seq_length\":null}' | 8192",
        "'{\"model_max_length\":512}' | '{\"max_seq_length\":9999}' | 9999",
        "'{}' | '{\"max_seq_length\":9,\"tokenizer_args\":{\"model_max_length\":8}}' | 8",
        "'{}' | '{\"max_seq_length\":9,\"processing_kwargs\":{\"text\":{\"max_length\":6}}}' | 6",
        "'{}' | '{\"max_seq_length\":9,\"processing_kwargs\":{\"common\":{\"max_length\":7}}}' | 7",
        "'{}' | '{\"max_seq_length\":9,\"do_lower_case\":null,\"processing_kwargs\":{}}' | 9",
        "'{}' | '{\"max_seq_length\":1e30}' | 2147483647",
        "'{}' | '{\"config_args\":{\"max_position_embeddings\":99}}' | 99",
      })
  void maximumLength(String tokenizer, String transformer, int expected) throws IOException {
    modules("Transformer", "Pooling");
    pooling("");
    write("tokenizer_config.json", tokenizer);
    write("sentence_bert_config.json", transformer);
    SentenceTransformersFolder model = read();
    assertEquals(expected, model.maxSeqLength());
    assertTrue(model.files().maxPositions() >= expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"norm_eps\":-1} | norm_eps",
        "{\"layer_types\":[\"x\"]} | layer_types",
        "{\"num_hidden_layers\":23} | layers",
        "{\"num_hidden_layers\":\"2\"} | num_hidden_layers",
        "[] | object",
      })
  void valuesForTheConfigurationThatItCannotHaveAreNamed(String values, String named)
      throws IOException {
    modules("Transformer", "Pooling");
    pooling("");
    write("sentence_bert_config.json", "{\"config_kwargs\":" + values + "}");
    Refusal.of(this::read, "sentence_bert_config.json", "config_kwargs", named);
  }

  @Test
  void aTransformerThatGivesNoHiddenStatesIsRefused() throws IOException {
    modules("Transformer", "Pooling");
    pooling("");
    write("sentence_bert_config.json", "{\"transformer_task\":\"fill-mask\"}");
    Refusal.of(
        this::read, "sentence_bert_config.json", "transformer_task", "feature-extraction", "fill");
  }

  @Test
  void crossEncoderNeedsNoPooling() throws IOException {
    modules("Transformer");
    write(
        "config_sentence_transformers.json",
        "{\"model_type\":\"CrossEncoder\",\"activation_fn\":\"torch.nn.modules.linear.Identity\"}");
    assertEquals(List.of(), read().modules());
    assertEquals(ActivationFunction.IDENTITY, read().crossEncoderActivation(1));
  }

  /** The folder's own setting, then the keys of config.json, then what is usual. */
  @Test
  void activationsOfCrossEncoders() throws IOException {
    modules("Transformer");
    String crossEncoder = "\"model_type\":\"CrossEncoder\"";
    write("config_sentence_transformers.json", "{" + crossEncoder + "}");
    assertEquals(ActivationFunction.SIGMOID, read().crossEncoderActivation(1));
    assertEquals(ActivationFunction.IDENTITY, read().crossEncoderActivation(3));
    String old = "\"sbert_ce_default_activation_function\":\"torch.nn.Tanh\"";
    write("config.json", "{\"model_type\":\"modernbert\"," + old + "}");
    assertEquals(ActivationFunction.TANH, read().crossEncoderActivation(1));
    String current =
        "\"sentence_transformers\":{\"activation_fn\":\"torch.nn.modules.activation.ReLU6\"}";
    write("config.json", "{\"model_type\":\"modernbert\"," + old + "," + current + "}");
    assertEquals(ActivationFunction.RELU6, read().crossEncoderActivation(1));
    write(
        "config_sentence_transformers.json",
        "{" + crossEncoder + ",\"activation_fn\":\"my_pkg.Own\"}");
    assertEquals(ActivationFunction.SIGMOID, read().crossEncoderActivation(1));
    write(
        "config_sentence_transformers.json",
        "{" + crossEncoder + ",\"activation_fn\":\"torch.nn.modules.activation.PReLU\"}");
    Refusal.of(
        () -> read().crossEncoderActivation(1),
        "config_sentence_transformers.json: activation_fn",
        "PReLU",
        "LeakyReLU");
  }

  @Test
  void rerankersEndWithScores() throws IOException {
    modules("Transformer", "Pooling", "Dense", "LayerNorm:3_LayerNorm", "Dense:4_Dense");
    pooling("");
    write("2_Dense/config.json", "{\"in_features\":768,\"out_features\":5}");
    write("3_LayerNorm/config.json", "{\"dimension\":5}");
    write(
        "4_Dense/config.json",
        "{\"in_features\":5,\"out_features\":2,\"module_output_name\":\"scores\"}");
    assertTrue(read().isReranker());
    assertEquals(2, read().dimension());
    assertEquals(new LayerNorm(root.resolve("3_LayerNorm"), 5), read().modules().get(2));
    write("3_LayerNorm/config.json", "{\"dimension\":6}");
    Refusal.of(this::read, "modules.json", "LayerNorm", "vectors of 6", "gives 5");
    modules("Transformer", "Pooling", "Dense:4_Dense", "Normalize");
    Refusal.of(this::read, "modules.json", "scores as the last module");
    modules("Transformer", "Pooling", "Dense");
    write("config_sentence_transformers.json", "{\"model_type\":\"CrossEncoder\"}");
    Refusal.of(this::read, "modules.json", "scores as the last module");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BoW",
        "CLIPModel",
        "CNN",
        "LSTM",
        "LogitScore",
        "SparseAutoEncoder",
        "SparseStaticEmbedding",
        "StaticEmbedding",
        "WordEmbeddings",
      })
  void otherModulesAreRefusedByTheirName(String type) throws IOException {
    pooling("");
    modules("Transformer", "Pooling", type);
    Refusal.of(this::read, "modules.json", "[2].type", type + " cannot be loaded here: ");
    modules(type);
    Refusal.of(() -> ModuleTypes.read(root), "[0].type", type + " cannot be loaded here: ");
  }

  @Test
  void modulesAreChecked() throws IOException {
    pooling("");
    for (String outside : List.of("../x", "/x", "C:x", "a/../../x", "\\\\\\\\x")) {
      modules("Transformer", "Pooling:" + outside);
      Refusal.of(this::read, "modules.json", "[1].path", "inside");
    }
    for (String unknown : List.of("Unheard")) {
      modules("Transformer", "Pooling", unknown);
      Refusal.of(this::read, "modules.json", "[2].type", unknown);
    }
    write("modules.json", "[{\"name\":\"0\",\"path\":\"\",\"type\":\"custom.Transformer\"}]");
    Refusal.of(this::read, "modules.json", "custom.Transformer", "own");
    modules("Pooling:1_Pooling");
    Refusal.of(this::read, "modules.json", "Transformer as the first");
    modules("Transformer", "Transformer");
    Refusal.of(this::read, "modules.json", "[1].type");
    modules("Transformer");
    Refusal.of(this::read, "modules.json", "Pooling", "none");
    modules("Transformer", "Normalize", "Pooling:1_Pooling");
    Refusal.of(this::read, "modules.json", "[1].type", "a Pooling before it");
    modules("Transformer", "Pooling", "WordWeights");
    Refusal.of(this::read, "modules.json", "what works on tokens before it");
    write("modules.json", "[]");
    Refusal.of(this::read, "modules.json", "names no module");
    write("modules.json", "{}");
    Refusal.of(this::read, "modules.json", "an array");
    modules("Transformer", "Pooling:other");
    Refusal.of(this::read, "config.json", "not found");
  }

  @Test
  void spanModelsAreRefusedByName() throws IOException {
    Files.delete(root.resolve("config.json"));
    Refusal.of(this::read, "config.json", "not found");
    write("gliner_config.json", "{}");
    Refusal.of(this::read, "gliner_config.json", "GLiNER", "token classification");
  }

  @Test
  void weightedLayersAreChecked() throws IOException {
    write("config.json", "{\"model_type\":\"modernbert\",\"output_hidden_states\":true}");
    write("2_Pooling/config.json", "{\"embedding_dimension\":768}");
    modules("Transformer", "WeightedLayerPooling", "Pooling");
    String folder = "1_WeightedLayerPooling/config.json";
    write(folder, "{\"embedding_dimension\":768,\"num_hidden_layers\":12}");
    Refusal.of(this::read, folder, "num_hidden_layers", "22", "12");
    write(folder, "{\"embedding_dimension\":7,\"num_hidden_layers\":22}");
    Refusal.of(this::read, "modules.json", "7", "768");
    write(folder, "{\"embedding_dimension\":768,\"num_hidden_layers\":22,\"layer_start\":23}");
    Refusal.of(this::read, folder, "layer_start", "23");
    write(folder, "{\"embedding_dimension\":768,\"num_hidden_layers\":22,\"layer_start\":20}");
    assertEquals(20, read().averagedStates().orElseThrow().layerStart());
    write("config.json", "{\"model_type\":\"modernbert\"}");
    assertEquals(Optional.empty(), read().averagedStates(), "as in the reference");
  }

  @Test
  void routersAreChecked() throws IOException {
    pooling("");
    modules("Transformer", "Pooling", "Router");
    String file = "2_Router/router_config.json";
    String types = "\"types\":{\"n\":\"sentence_transformers.models.Normalize\"},";
    write(file, "{" + types + "\"structure\":{},\"parameters\":{}}");
    Refusal.of(this::read, file, "structure", "no route");
    write(file, "{" + types + "\"structure\":{\"query\":[\"m\"]},\"parameters\":{}}");
    Refusal.of(this::read, file, "structure.query[0]", "\"m\"", "[n]");
    String structure = types + "\"structure\":{\"query\":[\"n\"],\"short\":[]},";
    write(file, "{" + structure + "\"parameters\":{\"default_route\":\"other\"}}");
    Refusal.of(this::read, file, "default_route", "other");
    write(file, "{" + structure + "\"parameters\":{\"route_mappings\":{\"(None, 'x')\":\"y\"}}}");
    Refusal.of(this::read, file, "route_mappings", "y");
    write(file, "{" + structure + "\"parameters\":{\"allow_empty_key\":false}}");
    TaskRoutes routes = read().routes().orElseThrow();
    assertFalse(routes.hasDefault());
    assertEquals(List.of("query"), List.copyOf(routes.byTask().keySet()));
    assertEquals(2, routes.byTask().getOrDefault("query", List.of()).size());
    String mapping = "{\"('document', None)\":\"short\",\"(None, ('image', 'text'))\":\"query\"}";
    write(file, "{" + structure + "\"parameters\":{\"route_mappings\":" + mapping + "}}");
    routes = read().routes().orElseThrow();
    assertTrue(routes.hasDefault());
    assertEquals(1, routes.byTask().getOrDefault("document", List.of()).size());
    modules("Transformer", "Pooling", "Router", "Router:2_Router");
    Refusal.of(this::read, "modules.json", "one Router at most");
  }

  @Test
  void routesBeginWithTheSameTransformer() throws IOException {
    modules("Router");
    write("router_config.json", "{\"types\":{},\"structure\":{\"query\":[]},\"parameters\":{}}");
    Refusal.of(this::read, "the route 'query' has no modules");
    String types =
        "\"types\":{\"a\":\"sentence_transformers.models.Transformer\",\"b\":\"sentence_transformers.models.Transformer\",\"p\":\"sentence_transformers.models.Pooling\"},";
    String structure = "\"structure\":{\"query\":[\"a\",\"p\"],\"document\":[\"b\",\"p\"]},";
    write("router_config.json", "{" + types + structure + "\"parameters\":{}}");
    for (String transformer : List.of("a", "b")) {
      write(transformer + "/config.json", "{\"model_type\":\"modernbert\"}");
    }
    write("p/config.json", "{\"embedding_dimension\":768}");
    Refusal.of(this::read, "router_config.json", "types.b", "the same Transformer", "of their own");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'\"pooling_mode\":\"median\"' | pooling_mode median lasttoken",
        "'\"pooling_mode\":[]' | pooling_mode",
        "'\"pooling_mode_median\":true' | pooling_mode_median",
        "'\"include_prompt\":1' | include_prompt 1",
        "'\"embedding_dimension\":0' | embedding_dimension 0",
      })
  void poolingIsChecked(String member, String named) throws IOException {
    modules("Transformer", "Pooling");
    pooling("," + member);
    Refusal.of(this::read, named.split(" "));
  }

  /** The reference reads it and does not use it. */
  @Test
  void theLengthOfVectorsThatAPoolingNamesDoesNotMatter() throws IOException {
    modules("Transformer", "Pooling");
    pooling(",\"embedding_dimension\":100");
    assertEquals(768, read().dimension());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'\"in_features\":10,\"out_features\":5' | 10 768",
        "'\"in_features\":768' | out_features",
        "'\"in_features\":768,\"out_features\":5,\"activation_function\":\"torch.nn.modules"
            + ".activation.PReLU\"' | PReLU",
        "'\"in_features\":768,\"out_features\":5,\"module_input_name\":\"token_embeddings\"'"
            + " | token_embeddings",
      })
  void denseIsChecked(String members, String named) throws IOException {
    modules("Transformer", "Pooling", "Dense");
    pooling("");
    write("2_Dense/config.json", "{" + members + "}");
    Refusal.of(this::read, named.split(" "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Transformer Pooling Normalize:2_Normalize", "Transformer Normalize:2_Normalize"})
  void brokenLinksToSettingsOfModulesAreTold(String modules) throws IOException {
    modules(modules.split(" "));
    pooling("");
    Files.createDirectories(root.resolve("2_Normalize"));
    Path link = root.resolve("2_Normalize/config.json");
    Files.createSymbolicLink(link, root.resolve("missing"));
    Refusal.of(this::read, link + ": is a link to a file that is not there");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'\"default_prompt_name\":\"x\"' | default_prompt_name x query",
        "'\"prompts\":{\"a\":1}' | prompts.a 1",
        "'\"prompts\":null' | prompts null",
        "'\"truncate_dim\":0' | truncate_dim 0",
      })
  void settingsAreChecked(String member, String named) throws IOException {
    modules("Transformer", "Pooling");
    pooling("");
    write("config_sentence_transformers.json", "{" + member + "}");
    Refusal.of(this::read, ("config_sentence_transformers.json " + named).split(" "));
  }

  @Test
  void notAFolder() {
    Refusal.of(() -> SentenceTransformersFolder.read(root.resolve("none")), "none", "not found");
    Refusal.of(() -> SentenceTransformersFolder.read(root.resolve("config.json")), "is a file");
  }
}

package io.github.modernbert.weights;

import io.github.modernbert.config.ActivationFunction;
import io.github.modernbert.files.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the folders that {@code modules.json} points to, in the layouts and with the type names of
 * sentence-transformers 2 to 6.
 */
final class ModulesReader {
  private static final String OWN_TYPES = "sentence_transformers.";
  private static final String POOLED = "sentence_embedding";
  private static final String TOKENS = "token_embeddings";
  private static final String SCORES = "scores";
  private static final String CONFIG = "config.json";

  /** Modules of sentence-transformers 6.2 that a folder of this architecture cannot use. */
  private static final Map<String, String> REFUSED =
      Map.ofEntries(
          Map.entry("BoW", "it counts words, without an encoder"),
          Map.entry("CLIPModel", "it is a model of images"),
          Map.entry(
              "CNN",
              "its convolutions reach into the padding of a batch, so that a text has no vector of"
                  + " its own"),
          Map.entry("LSTM", "sentence-transformers itself cannot run it behind a Transformer"),
          Map.entry("LogitScore", "it scores with a causal language model"),
          Map.entry(
              "SparseAutoEncoder",
              "sparse codes are not implemented; a copy of the folder without it in modules.json"
                  + " gives the vectors that it encodes"),
          Map.entry(
              "SparseStaticEmbedding",
              "it weighs words, without an encoder, and is known in the query's route of a Router"
                  + " only"),
          Map.entry("StaticEmbedding", "it looks up words, without an encoder"),
          Map.entry("WordEmbeddings", "it looks up words, without an encoder"));

  private static final int MAX_FEATURES = 1 << 24;
  private static final int MAX_LAYERS = 1 << 16;

  private ModulesReader() {}

  /**
   * Reads the steps after the transformer, which must be the first of the modules.
   *
   * @param givesAllStates whether the transformer gives out the states after each layer: without
   *     them the reference passes over {@code WeightedLayerPooling}
   */
  static List<EmbeddingModule> read(List<ModuleList.Entry> modules, boolean givesAllStates) {
    requireOneTransformer(modules);
    List<EmbeddingModule> steps = new ArrayList<>();
    boolean pooled = false;
    for (ModuleList.Entry module : modules) {
      Json type = module.type();
      Path folder = module.folder();
      String typeName = module.name();
      String vectors = pooled ? POOLED : TOKENS;
      switch (typeName) {
        case "Transformer" -> {}
        case "WeightedLayerPooling" -> {
          if (givesAllStates) {
            steps.add(layerPooling(folder));
          } else {
            logger()
                .log(
                    System.Logger.Level.INFO,
                    folder
                        + ": WeightedLayerPooling does nothing, as in the reference:"
                        + " output_hidden_states is not true in config.json");
          }
        }
        case "WordWeights" -> steps.add(new EmbeddingModule.WordWeights(folder));
        case "Pooling" -> {
          steps.add(pooling(folder));
          pooled = true;
        }
        case "Dense", "Normalize" -> {
          if (!pooled) {
            requireTokens(type, folder);
          }
          steps.add(typeName.equals("Dense") ? dense(folder, vectors) : normalize(folder, vectors));
        }
        case "LayerNorm" -> steps.add(layerNorm(folder));
        case "Dropout" -> {
          // Does nothing but in training.
        }
        default ->
            throw type.mismatch(
                "Transformer, WeightedLayerPooling, WordWeights, Pooling, Dense, LayerNorm,"
                    + " Normalize, Dropout or Router");
      }
    }
    return List.copyOf(steps);
  }

  /** Checks that the first module and no other is a transformer, and that all can be loaded. */
  static void requireOneTransformer(List<ModuleList.Entry> modules) {
    for (ModuleList.Entry module : modules) {
      requireLoadable(module.type());
      boolean isFirst = module == modules.getFirst();
      if (isFirst != isTransformer(simpleName(module.type()))) {
        throw module.type().mismatch("Transformer as the first module and nowhere else");
      }
    }
  }

  /** Whether a module computes the encoder. */
  static boolean isTransformer(String name) {
    return name.equals("Transformer") || name.equals("MLMTransformer");
  }

  private static String simpleName(Json type) {
    String name = type.string();
    if (!name.startsWith(OWN_TYPES)) {
      throw type.mismatch("a module of sentence-transformers, not code of the model's own");
    }
    return lastName(type);
  }

  /** A class's name without its modules. */
  static String lastName(Json type) {
    String name = type.string();
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static EmbeddingModule pooling(Path folder) {
    Json json = Json.read(folder.resolve(CONFIG));
    Json dimension =
        json.member("embedding_dimension").orElseGet(() -> json.get("word_embedding_dimension"));
    return new EmbeddingModule.Pooling(
        json.member("pooling_mode").map(ModulesReader::listedModes).orElseGet(() -> flags(json)),
        dimension.integer(1, MAX_FEATURES),
        json.member("include_prompt").map(Json::bool).orElse(true));
  }

  private static List<PoolingMode> listedModes(Json value) {
    List<Json> names = value.isArray() ? value.items() : List.of(value);
    if (names.isEmpty()) {
      throw value.mismatch("at least one mode");
    }
    return names.stream().map(ModulesReader::mode).toList();
  }

  private static PoolingMode mode(Json name) {
    String key = name.string();
    for (PoolingMode mode : PoolingMode.values()) {
      if (mode.key().equals(key)) {
        return mode;
      }
    }
    throw name.mismatch(
        "one of "
            + String.join(
                ", ", Arrays.stream(PoolingMode.values()).map(PoolingMode::key).toList()));
  }

  private static List<PoolingMode> flags(Json json) {
    var set = EnumSet.noneOf(PoolingMode.class);
    for (String key : json.members().keySet()) {
      if (key.startsWith("pooling_mode_")) {
        Optional<PoolingMode> mode =
            Arrays.stream(PoolingMode.values())
                .filter(known -> known.legacyFlag().equals(key))
                .findAny();
        if (json.find(key).map(Json::bool).orElse(false)) {
          set.add(mode.orElseThrow(() -> json.error(key + ": pooling mode is not known")));
        }
      }
    }
    return set.isEmpty() ? List.of(PoolingMode.MEAN) : List.copyOf(set);
  }

  /**
   * Reads a dense layer.
   *
   * @param vectors the name of what it works on
   */
  static EmbeddingModule.Dense dense(Path folder, String vectors) {
    Json json = Json.read(folder.resolve(CONFIG));
    boolean scores = givesScores(json);
    requireVectors(json, "module_input_name", vectors);
    if (!scores) {
      requireVectors(json, "module_output_name", vectors);
    }
    ActivationFunction activation =
        json.member("activation_function")
            .map(ModulesReader::activation)
            .orElse(ActivationFunction.TANH);
    if (activation.mixesVector() && !vectors.equals(POOLED)) {
      throw json.get("activation_function").mismatch("a function of each element alone");
    }
    return new EmbeddingModule.Dense(
        folder,
        json.get("in_features").integer(1, MAX_FEATURES),
        json.get("out_features").integer(1, MAX_FEATURES),
        json.member("bias").map(Json::bool).orElse(true),
        activation,
        scores,
        json.member("use_residual").map(Json::bool).orElse(false));
  }

  /** Whether a dense layer makes the scores of a cross-encoder. */
  static boolean givesScores(Json dense) {
    return dense.find("module_output_name").map(Json::string).equals(Optional.of(SCORES));
  }

  /** As in the reference a function that is not one of torch is replaced by the default. */
  private static ActivationFunction activation(Json value) {
    if (ActivationFunction.isTorchClass(value.string())) {
      return ActivationFunction.ofTorchClass(value);
    }
    logger()
        .log(
            System.Logger.Level.WARNING,
            value.file()
                + ": activation_function: "
                + value.string()
                + " is code of the model's own; as in the reference Tanh is taken instead");
    return ActivationFunction.TANH;
  }

  private static EmbeddingModule layerPooling(Path folder) {
    Json json = Json.read(folder.resolve(CONFIG));
    Json dimension =
        json.member("embedding_dimension").orElseGet(() -> json.get("word_embedding_dimension"));
    int layers = json.find("num_hidden_layers").map(n -> n.integer(1, MAX_LAYERS)).orElse(12);
    return new EmbeddingModule.WeightedLayerPooling(
        folder,
        dimension.integer(1, MAX_FEATURES),
        json.find("layer_start").map(n -> n.integer(0, layers)).orElse(4),
        layers);
  }

  private static EmbeddingModule layerNorm(Path folder) {
    Json json = Json.read(folder.resolve(CONFIG));
    return new EmbeddingModule.LayerNorm(folder, json.get("dimension").integer(1, MAX_FEATURES));
  }

  /**
   * Reads a normalisation.
   *
   * @param vectors the name of what it works on
   */
  static EmbeddingModule.Normalize normalize(Path folder, String vectors) {
    Path config = folder.resolve(CONFIG);
    if (Files.isRegularFile(config)) {
      Json json = Json.read(config);
      // A model without subfolders has the transformer's config.json here.
      requireVectors(json, vectors);
    }
    return new EmbeddingModule.Normalize();
  }

  private static void requireVectors(Json json, String vectors) {
    requireVectors(json, "module_input_name", vectors);
    requireVectors(json, "module_output_name", vectors);
  }

  /**
   * Before the pooling there is no vector of the text, on which modules work unless they say so.
   */
  private static void requireTokens(Json type, Path folder) {
    Path config = folder.resolve(CONFIG);
    Optional<Json> input =
        Files.isRegularFile(config)
            ? Json.read(config).find("module_input_name")
            : Optional.empty();
    if (input.isEmpty()) {
      throw type.mismatch("a Pooling before it, or module_input_name " + TOKENS);
    }
  }

  /** Modules work on the pooled vector or on each token's: models of different kinds. */
  private static void requireVectors(Json json, String key, String vectors) {
    json.find(key)
        .filter(name -> !name.string().equals(vectors))
        .ifPresent(name -> {
          throw name.mismatch(vectors);
        });
  }

  /** Refuses a module of sentence-transformers that cannot be loaded, and says why. */
  static void requireLoadable(Json type) {
    String name = lastName(type);
    String reason = REFUSED.get(name);
    if (reason != null) {
      throw type.error(name + " cannot be loaded here: " + reason);
    }
  }

  private static System.Logger logger() {
    return System.getLogger(ModulesReader.class.getName());
  }
}

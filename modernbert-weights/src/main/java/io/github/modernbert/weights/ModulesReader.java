package io.github.modernbert.weights;

import io.github.modernbert.config.ActivationFunction;
import io.github.modernbert.files.FileNames;
import io.github.modernbert.files.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads {@code modules.json} and the folders it points to, in the layouts and with the type names
 * of sentence-transformers 2 to 6.
 */
final class ModulesReader {
  static final String FILE = "modules.json";

  private static final String OWN_TYPES = "sentence_transformers.";
  private static final String POOLED = "sentence_embedding";
  private static final String SCORES = "scores";
  private static final String CONFIG = "config.json";

  /** Modules of sentence-transformers 6.2 that a folder of this architecture cannot use. */
  private static final Map<String, String> REFUSED =
      Map.ofEntries(
          Map.entry("BoW", "it counts words, without an encoder"),
          Map.entry("CLIPModel", "it is a model of images"),
          Map.entry("CNN", "convolutions over tokens are not implemented"),
          Map.entry("LSTM", "recurrent layers over tokens are not implemented"),
          Map.entry("LogitScore", "it scores with a causal language model"),
          Map.entry("Router", "it joins several models; load the folder of one of them"),
          Map.entry("Asym", "it joins several models; load the folder of one of them"),
          Map.entry("SparseAutoEncoder", "sparse codes of vectors are not implemented"),
          Map.entry("SparseStaticEmbedding", "it weighs words, without an encoder"),
          Map.entry("StaticEmbedding", "it looks up words, without an encoder"),
          Map.entry(
              "WeightedLayerPooling",
              "means over the states of several layers are not implemented"),
          Map.entry("WordEmbeddings", "it looks up words, without an encoder"),
          Map.entry("WordWeights", "weights of words are not implemented"),
          Map.entry("HierarchicalTokenPooling", "clusters of token vectors are not implemented"));

  private static final System.Logger LOG = System.getLogger(ModulesReader.class.getName());
  private static final int MAX_FEATURES = 1 << 24;

  private final Path root;

  ModulesReader(Path root) {
    this.root = root;
  }

  /** The transformer's folder, and the steps after it. */
  record Modules(Path transformer, List<EmbeddingModule> steps) {}

  Modules read(Path file) {
    Json json = Json.read(file);
    Optional<Path> transformer = Optional.empty();
    List<EmbeddingModule> steps = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Json module : json.items()) {
      Json moduleName = module.get("name");
      if (!names.add(moduleName.string())) {
        throw moduleName.mismatch("a name that no other module has");
      }
      Path folder = FileNames.inside(root, module.get("path"));
      Json type = module.get("type");
      requireLoadable(type);
      String typeName = simpleName(type);
      if (transformer.isEmpty() != typeName.equals("Transformer")) {
        throw type.mismatch("Transformer as the first module and nowhere else");
      }
      switch (typeName) {
        case "Transformer" -> transformer = Optional.of(folder);
        case "Pooling" -> steps.add(pooling(folder));
        case "Dense" -> steps.add(dense(folder, POOLED));
        case "LayerNorm" -> steps.add(layerNorm(folder));
        case "Normalize" -> steps.add(normalize(folder, POOLED));
        case "Dropout" -> {
          // Does nothing but in training.
        }
        default ->
            throw type.mismatch("Transformer, Pooling, Dense, LayerNorm, Normalize or Dropout");
      }
    }
    return new Modules(
        transformer.orElseThrow(() -> json.error("names no module")), List.copyOf(steps));
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
    LOG.log(
        System.Logger.Level.WARNING,
        value.file()
            + ": activation_function: "
            + value.string()
            + " is code of the model's own; as in the reference Tanh is taken instead");
    return ActivationFunction.TANH;
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
}

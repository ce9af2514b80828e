package io.github.modernbert.weights;

import io.github.modernbert.config.ActivationFunction;
import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.config.SimilarityFunction;
import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.files.RegularFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * A model's folder as sentence-transformers reads it: the transformer, the steps after it, prompts
 * and limits, all checked against each other.
 *
 * {@snippet :
 * SentenceTransformersFolder model = SentenceTransformersFolder.read(Path.of("gte-modernbert-base"));
 * for (EmbeddingModule step : model.modules()) {
 *   switch (step) {
 *     case EmbeddingModule.Pooling pooling -> System.out.println("pool " + pooling.modes());
 *     case EmbeddingModule.Dense dense -> System.out.println("to " + dense.outFeatures());
 *     case EmbeddingModule.LayerNorm norm -> System.out.println("norm");
 *     case EmbeddingModule.Normalize normalize -> System.out.println("to length 1");
 *   }
 * }
 * }
 *
 * <p>Without {@code modules.json} the reference pools the mean and reads none of the other files of
 * sentence-transformers: so do we.
 *
 * @param root the folder
 * @param files the transformer's configuration, weights and tokenizer: in the root, or a folder in
 *     it
 * @param hasModules whether there is a {@code modules.json}
 * @param modules the steps after the transformer; one of them is the pooling. Empty for a
 *     cross-encoder with a head of its own, for sparse encoders and late interaction, which have
 *     settings of their own
 * @param routes what queries and documents pass instead of these modules, where a {@code Router}
 *     decides it
 * @param prompts texts to put before others
 * @param maxSeqLength tokens of a text with its special tokens, what is over is cut
 * @param doLowerCase whether texts are put in lower case before the tokenizer's own normalizer,
 *     unless that does so itself
 * @param tokenizerArguments an object whose members replace those of {@code tokenizer_config.json}
 * @param truncateDim how many of the dimensions are kept, before a normalisation that the caller
 *     asks for but after all modules; empty for all
 * @param similarity cosine unless the file names another one that is known
 * @param activation the value that names what is applied to the logits of a cross-encoder
 */
public record SentenceTransformersFolder(
    Path root,
    TransformerFiles files,
    boolean hasModules,
    List<EmbeddingModule> modules,
    Optional<TaskRoutes> routes,
    Prompts prompts,
    int maxSeqLength,
    boolean doLowerCase,
    Optional<Json> tokenizerArguments,
    OptionalInt truncateDim,
    SimilarityFunction similarity,
    Optional<Json> activation) {

  static final String CONFIG = "config_sentence_transformers.json";

  /** Copies the list. */
  public SentenceTransformersFolder {
    modules = List.copyOf(modules);
  }

  /** Like {@link #read(Path, Function)}; the base model of an adapter must be a folder. */
  public static SentenceTransformersFolder read(Path root) {
    return readWith(root, TransformerFiles::of);
  }

  /**
   * Reads a folder.
   *
   * @param locate finds the base model of an adapter; see {@link TransformerFiles#of(Path,
   *     Function)}
   * @throws ModelFileException if a file is missing or holds what the model cannot have, a module
   *     is of a type that is not known, or the dimensions of the modules do not fit together
   */
  public static SentenceTransformersFolder read(Path root, Function<String, Path> locate) {
    return readWith(root, folder -> TransformerFiles.of(folder, locate));
  }

  private static SentenceTransformersFolder readWith(
      Path root, Function<Path, TransformerFiles> transformer) {
    ModuleTypes types = ModuleTypes.read(root);
    if (types.types().isEmpty()) {
      return plain(root, transformer.apply(root));
    }
    if (types.isSparse() || types.isMultiVector()) {
      TransformerFiles files = transformer.apply(types.transformer());
      var settings = TransformerSettings.read(files.folder());
      int longest =
          types.isMultiVector() ? LateInteractionSettings.longest(root, types.transformer()) : 0;
      files = configured(files, settings).withPositions(longest);
      ModelSettings model = ModelSettings.read(root);
      return withModules(root, List.of(), Optional.empty(), files, settings, model);
    }
    ModuleList modules = ModuleList.read(root);
    // Before the transformer, so that a first module of another kind is told of.
    ModulesReader.requireOneTransformer(modules.main());
    TransformerFiles plain = transformer.apply(types.transformer());
    var passed = TransformerSettings.read(plain.folder());
    TransformerFiles files = configured(plain, passed);
    var settings = ModelSettings.read(root);
    List<EmbeddingModule> steps = steps(root, modules.main(), files, settings.isCrossEncoder());
    if (!steps.isEmpty()) {
      passed.requireHiddenStates();
    }
    Optional<TaskRoutes> routes =
        modules
            .router()
            .map(_ ->
                TaskRoutes.of(
                    modules, steps, route -> steps(root, route, files, settings.isCrossEncoder())));
    if (routes.isPresent() && settings.isCrossEncoder()) {
      throw new ModelFileException(
          root.resolve(ModuleList.FILE), "a cross-encoder cannot have a Router here");
    }
    return withModules(root, steps, routes, files, passed, settings);
  }

  private static TransformerFiles configured(TransformerFiles files, TransformerSettings settings) {
    return settings.config().map(files::withConfig).orElse(files);
  }

  private static List<EmbeddingModule> steps(
      Path root, List<ModuleList.Entry> modules, TransformerFiles files, boolean crossEncoder) {
    boolean givesAllStates =
        files.configJson().find("output_hidden_states").map(Json::bool).orElse(false);
    List<EmbeddingModule> steps = ModulesReader.read(modules, givesAllStates);
    requireChain(root.resolve(ModuleList.FILE), steps, files.config(), crossEncoder);
    return steps;
  }

  private static SentenceTransformersFolder plain(Path root, TransformerFiles files) {
    ModernBertConfig config = files.config();
    return new SentenceTransformersFolder(
        root,
        files,
        false,
        List.of(new EmbeddingModule.Pooling(List.of(PoolingMode.MEAN), config.hiddenSize(), true)),
        Optional.empty(),
        Prompts.NONE,
        maxSeqLength(OptionalInt.empty(), files.tokenizer(), config),
        false,
        Optional.empty(),
        OptionalInt.empty(),
        SimilarityFunction.COSINE,
        activation(files.configJson()));
  }

  private static SentenceTransformersFolder withModules(
      Path root,
      List<EmbeddingModule> steps,
      Optional<TaskRoutes> routes,
      TransformerFiles files,
      TransformerSettings transformer,
      ModelSettings model) {
    int length = maxSeqLength(transformer.maxSeqLength(), files.tokenizer(), files.config());
    return new SentenceTransformersFolder(
        root,
        files.withPositions(length),
        true,
        steps,
        routes,
        model.prompts(),
        length,
        transformer.doLowerCase(),
        transformer.tokenizer(),
        model.truncateDim(),
        model.similarity(),
        model.activation().or(() -> activation(files.configJson())));
  }

  /** {@link #CONFIG}, if there is one. */
  static Optional<Json> config(Path root) {
    Path file = root.resolve(CONFIG);
    return RegularFiles.exists(file) ? Optional.of(Json.read(file)) : Optional.empty();
  }

  private static int maxSeqLength(OptionalInt own, Path transformer, ModernBertConfig config) {
    return own.orElseGet(() ->
        Math.min(
            ModelMaxLength.read(transformer).orElse(Integer.MAX_VALUE),
            config.maxPositionEmbeddings()));
  }

  private static void requireChain(
      Path file, List<EmbeddingModule> steps, ModernBertConfig config, boolean crossEncoder) {
    int dimension = config.hiddenSize();
    int poolings = 0;
    int wordWeights = 0;
    for (EmbeddingModule step : steps) {
      int expected =
          switch (step) {
            case EmbeddingModule.WeightedLayerPooling states -> states.dimension();
            case EmbeddingModule.Dense dense -> dense.inFeatures();
            case EmbeddingModule.LayerNorm norm -> norm.dimension();
            // A Pooling takes vectors of any length, whatever its file says, as in the reference.
            case EmbeddingModule.Pooling _,
                EmbeddingModule.WordWeights _,
                EmbeddingModule.Normalize _ ->
                dimension;
          };
      if (step == steps.getLast() ? crossEncoder && !givesScores(step) : givesScores(step)) {
        throw new ModelFileException(
            file, "expected a Dense that gives scores as the last module, found " + steps);
      }
      poolings += step instanceof EmbeddingModule.Pooling ? 1 : 0;
      wordWeights += step instanceof EmbeddingModule.WordWeights ? 1 : 0;
      boolean worksOnTexts = step instanceof EmbeddingModule.LayerNorm || givesScores(step);
      boolean worksOnTokens =
          step instanceof EmbeddingModule.WordWeights
              || step instanceof EmbeddingModule.WeightedLayerPooling;
      if (poolings > 1 || worksOnTexts && poolings == 0 || worksOnTokens && poolings == 1) {
        throw new ModelFileException(
            file,
            "expected one Pooling, what works on tokens before it and the rest behind it, found "
                + steps);
      }
      if (step instanceof EmbeddingModule.WeightedLayerPooling states) {
        requireStates(file, states, steps, config);
      }
      if (expected != dimension) {
        throw new ModelFileException(
            file,
            "%s takes vectors of %d, the module before it gives %d"
                .formatted(step, expected, dimension));
      }
      dimension = step.outputDimension(dimension);
    }
    if (poolings == 0 && !(crossEncoder && steps.isEmpty())) {
      throw new ModelFileException(file, "expected a Pooling after the Transformer, found none");
    }
    if (wordWeights > 1) {
      throw new ModelFileException(file, "expected one WordWeights at most, found " + steps);
    }
  }

  private static void requireStates(
      Path file,
      EmbeddingModule.WeightedLayerPooling states,
      List<EmbeddingModule> steps,
      ModernBertConfig config) {
    if (states != steps.getFirst()) {
      throw new ModelFileException(
          file, "expected WeightedLayerPooling directly after the Transformer, found " + steps);
    }
    if (states.layers() != config.numHiddenLayers()) {
      throw new ModelFileException(
          states.folder().resolve("config.json"),
          "num_hidden_layers: expected %d, the layers of the Transformer, found %d"
              .formatted(config.numHiddenLayers(), states.layers()));
    }
  }

  /** Which states after layers are averaged instead of taking the last, if any. */
  public Optional<EmbeddingModule.WeightedLayerPooling> averagedStates() {
    return modules.stream()
        .filter(EmbeddingModule.WeightedLayerPooling.class::isInstance)
        .map(EmbeddingModule.WeightedLayerPooling.class::cast)
        .findFirst();
  }

  /** The transformer's configuration. */
  public ModernBertConfig config() {
    return files.config();
  }

  private static boolean givesScores(EmbeddingModule step) {
    return step instanceof EmbeddingModule.Dense dense && dense.scores();
  }

  /** Whether the modules make scores of pairs of texts. */
  public boolean isReranker() {
    return !modules.isEmpty() && givesScores(modules.getLast());
  }

  /**
   * The value of a {@code config.json} that names what a cross-encoder applies to its logits; the
   * key in use since sentence-transformers 4 counts even if its value is null.
   */
  public static Optional<Json> activation(Json config) {
    Optional<Json> current =
        config.find("sentence_transformers").flatMap(own -> own.member("activation_fn"));
    return (current.isPresent() ? current : config.member("sbert_ce_default_activation_function"))
        .filter(value -> !value.isNull());
  }

  /**
   * The function that a cross-encoder applies to its logits. As in the reference one that is not of
   * torch is replaced by the default, with a warning.
   *
   * @param labels how many logits there are
   * @throws ModelFileException if it is of torch and not known
   */
  public ActivationFunction crossEncoderActivation(int labels) {
    ActivationFunction usual =
        labels == 1 ? ActivationFunction.SIGMOID : ActivationFunction.IDENTITY;
    return activation.map(named -> ModulesReader.activation(named, usual)).orElse(usual);
  }

  /** The length of the model's vectors before they are truncated. */
  public int dimension() {
    int dimension = config().hiddenSize();
    for (EmbeddingModule step : modules) {
      dimension = step.outputDimension(dimension);
    }
    return dimension;
  }

  /** {@code config_sentence_transformers.json}. */
  private record ModelSettings(
      boolean isCrossEncoder,
      Prompts prompts,
      OptionalInt truncateDim,
      SimilarityFunction similarity,
      Optional<Json> activation) {
    private static final ModelSettings NONE =
        new ModelSettings(
            false, Prompts.NONE, OptionalInt.empty(), SimilarityFunction.COSINE, Optional.empty());

    static ModelSettings read(Path root) {
      return config(root).map(ModelSettings::of).orElse(NONE);
    }

    private static ModelSettings of(Json json) {
      return new ModelSettings(
          json.find("model_type").map(Json::string).equals(Optional.of("CrossEncoder")),
          Prompts.read(json),
          json.find("truncate_dim").stream()
              .mapToInt(value -> value.integer(1, Integer.MAX_VALUE))
              .findAny(),
          json.find("similarity_fn_name")
              .flatMap(value -> SimilarityFunction.named(value.string()))
              .orElse(SimilarityFunction.COSINE),
          json.find("activation_fn"));
    }
  }
}

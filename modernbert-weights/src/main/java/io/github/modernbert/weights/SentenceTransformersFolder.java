package io.github.modernbert.weights;

import io.github.modernbert.config.ActivationFunction;
import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.config.SimilarityFunction;
import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

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
 *     case EmbeddingModule.Normalize normalize -> System.out.println("to length 1");
 *   }
 * }
 * }
 *
 * <p>Without {@code modules.json} the reference pools the mean and reads none of the other files of
 * sentence-transformers: so do we.
 *
 * @param root the folder
 * @param transformer the folder of {@code config.json}, {@code tokenizer.json} and the weights: the
 *     root, or a folder in it
 * @param hasModules whether there is a {@code modules.json}
 * @param config the transformer's configuration
 * @param modules the steps after the transformer; the first one is the pooling. Empty for a
 *     cross-encoder, and for sparse encoders and late interaction, which have settings of their own
 * @param prompts texts to put before others
 * @param maxSeqLength tokens of a text with its special tokens, what is over is cut
 * @param doLowerCase whether texts are put in lower case before the tokenizer's own normalizer,
 *     unless that does so itself
 * @param truncateDim how many of the dimensions are kept, before a normalisation that the caller
 *     asks for but after all modules; empty for all
 * @param similarity cosine unless the file names another one that is known
 * @param crossEncoderActivation what is applied to the logits of a cross-encoder; if empty, sigmoid
 *     for one label and nothing for several
 */
public record SentenceTransformersFolder(
    Path root,
    Path transformer,
    boolean hasModules,
    ModernBertConfig config,
    List<EmbeddingModule> modules,
    Prompts prompts,
    int maxSeqLength,
    boolean doLowerCase,
    OptionalInt truncateDim,
    SimilarityFunction similarity,
    Optional<ActivationFunction> crossEncoderActivation) {

  /** Copies the list. */
  public SentenceTransformersFolder {
    modules = List.copyOf(modules);
  }

  /**
   * Reads a folder.
   *
   * @throws ModelFileException if a file is missing or holds what the model cannot have, a module
   *     is of a type that is not known, or the dimensions of the modules do not fit together
   */
  public static SentenceTransformersFolder read(Path root) {
    ModuleTypes types = ModuleTypes.read(root);
    return types.types().isEmpty() ? plain(root) : withModules(root, types);
  }

  private static SentenceTransformersFolder plain(Path root) {
    ModernBertConfig config = ModernBertConfig.read(root);
    return new SentenceTransformersFolder(
        root,
        root,
        false,
        config,
        List.of(new EmbeddingModule.Pooling(List.of(PoolingMode.MEAN), config.hiddenSize(), true)),
        Prompts.NONE,
        maxSeqLength(OptionalInt.empty(), root, config),
        false,
        OptionalInt.empty(),
        SimilarityFunction.COSINE,
        config.crossEncoderActivation());
  }

  private static SentenceTransformersFolder withModules(Path root, ModuleTypes types) {
    Path file = root.resolve(ModulesReader.FILE);
    boolean readsSteps = !types.isSparse() && !types.isMultiVector();
    List<EmbeddingModule> steps =
        readsSteps ? new ModulesReader(root).read(file).steps() : List.of();
    var model = ModelSettings.read(root);
    var transformer = TransformerSettings.read(types.transformer());
    ModernBertConfig config = ModernBertConfig.read(types.transformer());
    if (readsSteps) {
      requireChain(file, steps, config.hiddenSize(), model.isCrossEncoder());
    }
    return new SentenceTransformersFolder(
        root,
        types.transformer(),
        true,
        config,
        steps,
        model.prompts(),
        maxSeqLength(transformer.maxSeqLength(), types.transformer(), config),
        transformer.doLowerCase(),
        model.truncateDim(),
        model.similarity(),
        model.activation().or(config::crossEncoderActivation));
  }

  /** {@code config_sentence_transformers.json}, if there is one. */
  static Optional<Json> config(Path root) {
    Path file = root.resolve("config_sentence_transformers.json");
    return Files.exists(file) ? Optional.of(Json.read(file)) : Optional.empty();
  }

  private static int maxSeqLength(OptionalInt own, Path transformer, ModernBertConfig config) {
    return own.orElseGet(() ->
        Math.min(
            ModelMaxLength.read(transformer).orElse(Integer.MAX_VALUE),
            config.maxPositionEmbeddings()));
  }

  private static void requireChain(
      Path file, List<EmbeddingModule> steps, int hiddenSize, boolean crossEncoder) {
    int dimension = hiddenSize;
    boolean pooled = false;
    for (EmbeddingModule step : steps) {
      int expected =
          switch (step) {
            case EmbeddingModule.Pooling pooling -> pooling.dimension();
            case EmbeddingModule.Dense dense -> dense.inFeatures();
            case EmbeddingModule.Normalize normalize -> dimension;
          };
      if (step instanceof EmbeddingModule.Pooling == pooled) {
        throw new ModelFileException(
            file, "expected one Pooling, directly after the Transformer, found " + steps);
      }
      if (expected != dimension) {
        throw new ModelFileException(
            file,
            "%s takes vectors of %d, the module before it gives %d"
                .formatted(step, expected, dimension));
      }
      pooled = true;
      dimension = step.outputDimension(dimension);
    }
    if (!pooled && !crossEncoder) {
      throw new ModelFileException(file, "expected a Pooling after the Transformer, found none");
    }
  }

  /** The length of the model's vectors before they are truncated. */
  public int dimension() {
    int dimension = config.hiddenSize();
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
      Optional<ActivationFunction> activation) {
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
          json.find("activation_fn").map(ActivationFunction::ofTorchClass));
    }
  }
}

package io.github.modernbert.weights;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.files.RegularFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The settings of {@code SpladePooling} of sentence-transformers, which computes a weight for each
 * token of the vocabulary from its logits at all tokens of a text.
 *
 * @param strategy how the values at all tokens become one
 * @param activation the function of each logit before that
 */
public record SpladeSettings(PoolingStrategy strategy, SpladeActivation activation) {
  /** The reduction of a vocabulary token's values at all tokens of a text to one weight. */
  public enum PoolingStrategy {
    /** Their maximum (SPLADE v2, arXiv:2109.10086). */
    MAX,
    /** Their sum (SPLADE, arXiv:2107.05720). */
    SUM
  }

  /** The function that is applied to a logit x. */
  public enum SpladeActivation {
    /** log(1 + max(x, 0)). */
    RELU,
    /** log(1 + log(1 + max(x, 0))), used by models of OpenSearch (arXiv:2504.14839). */
    LOG1P_RELU
  }

  private static final String POOLING = "SpladePooling";

  /**
   * Reads the settings of a folder. Without {@code modules.json} the reference takes the maximum
   * and relu.
   *
   * @param vocabSize of the model
   * @throws ModelFileException if the modules are others than a masked language model and a {@code
   *     SpladePooling}, or a file holds what they cannot have
   */
  public static SpladeSettings read(Path root, int vocabSize) {
    ModuleTypes modules = ModuleTypes.read(root);
    if (modules.types().isEmpty()) {
      return new SpladeSettings(PoolingStrategy.MAX, SpladeActivation.RELU);
    }
    return read(root, ModuleList.read(root).main(), vocabSize);
  }

  /** Reads the settings of some of a folder's modules. */
  static SpladeSettings read(Path root, List<ModuleList.Entry> modules, int vocabSize) {
    requireMaskedLm(root, modules);
    Json pooling = Json.read(modules.getLast().folder().resolve("config.json"));
    pooling
        .find("embedding_dimension")
        .or(() -> pooling.find("word_embedding_dimension"))
        .filter(dimension -> dimension.integer() != vocabSize)
        .ifPresent(dimension -> {
          throw dimension.mismatch("the size of the vocabulary, " + vocabSize);
        });
    return new SpladeSettings(
        pooling
            .find("pooling_strategy")
            .map(value -> value.constant(PoolingStrategy.values()))
            .orElse(PoolingStrategy.MAX),
        pooling
            .find("activation_function")
            .map(value -> value.constant(SpladeActivation.values()))
            .orElse(SpladeActivation.RELU));
  }

  /** How many weights a folder's model keeps, the largest; empty for all that are not 0. */
  public static OptionalInt maxActiveDims(Path root) {
    if (ModuleTypes.read(root).types().isEmpty()) {
      return OptionalInt.empty();
    }
    return SentenceTransformersFolder.config(root)
        .flatMap(config -> config.find("max_active_dims"))
        .map(value -> OptionalInt.of(value.integer(1, Integer.MAX_VALUE)))
        .orElse(OptionalInt.empty());
  }

  private static void requireMaskedLm(Path root, List<ModuleList.Entry> modules) {
    List<String> types = modules.stream().map(ModuleList.Entry::name).toList();
    if (!types.equals(List.of("MLMTransformer", POOLING))
        && !types.equals(List.of("Transformer", POOLING))) {
      throw new ModelFileException(
          root.resolve(ModuleList.FILE),
          "expected MLMTransformer (or Transformer for fill-mask) and SpladePooling, found "
              + types);
    }
    if (types.getFirst().equals("Transformer")) {
      Path file = modules.getFirst().folder().resolve("sentence_bert_config.json");
      Optional<Json> json =
          RegularFiles.exists(file) ? Optional.of(Json.read(file)) : Optional.empty();
      String task =
          json.flatMap(found -> found.find("transformer_task"))
              .map(Json::string)
              .orElse("feature-extraction");
      if (!task.equals("fill-mask")) {
        throw new ModelFileException(
            file,
            "transformer_task: expected 'fill-mask' before SpladePooling, found '%s'"
                .formatted(task));
      }
    }
  }
}

package io.github.modernbert.server.models;

import io.github.modernbert.BatchListener;
import io.github.modernbert.ColBert;
import io.github.modernbert.CrossEncoder;
import io.github.modernbert.FillMask;
import io.github.modernbert.KernelChoice;
import io.github.modernbert.LoadOptions;
import io.github.modernbert.Models;
import io.github.modernbert.MultipleChoice;
import io.github.modernbert.Precision;
import io.github.modernbert.QuestionAnswerer;
import io.github.modernbert.SparseEncoder;
import io.github.modernbert.Task;
import io.github.modernbert.TaskModel;
import io.github.modernbert.TextClassifier;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.TextPair;
import io.github.modernbert.TokenClassifier;
import io.github.modernbert.WeightType;
import io.github.modernbert.ZeroShotClassifier;
import io.github.modernbert.server.config.ModelSpec;
import io.github.modernbert.server.config.Settings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;

/** The models of a server, in the order in which they were named; the first one is the default. */
public final class ModelRegistry implements AutoCloseable {
  private static final Logger LOG = System.getLogger(ModelRegistry.class.getName());
  private static final String BUNDLED = "modernbert-mini";

  private final List<ServedModel> models;
  private final LoadOptions options;

  /**
   * A registry whose models are not loaded yet.
   *
   * @param batches hears of each batch of each model
   * @throws IllegalArgumentException if the settings name a precision or kernels that do not exist
   */
  public ModelRegistry(Settings settings, BatchListener batches) {
    List<ModelSpec> specs =
        settings.models().isEmpty()
            ? List.of(new ModelSpec("", BUNDLED, Optional.empty()))
            : settings.models();
    models = specs.stream().map(ServedModel::new).toList();
    options = options(settings.computing()).batches(batches);
  }

  private static LoadOptions options(Settings.Computing settings) {
    LoadOptions options = LoadOptions.defaults();
    if (settings.threads().isPresent()) {
      options = options.threads(settings.threads().getAsInt());
    }
    if (settings.maxBatchTokens().isPresent()) {
      options = options.tokenBudget(settings.maxBatchTokens().getAsInt());
    }
    if (settings.kernels().isPresent()) {
      options = options.kernels(KernelChoice.of(settings.kernels().get()));
    }
    if (settings.precision().isPresent()) {
      options = options.precision(Precision.of(settings.precision().get()));
    }
    if (settings.weights().isPresent()) {
      options = options.weights(WeightType.of(settings.weights().get()));
    }
    if (settings.cacheFolder().isPresent()) {
      options = options.cacheFolder(settings.cacheFolder().get());
    }
    return options;
  }

  /** All models. */
  public List<ServedModel> all() {
    return models;
  }

  /** How many tokens are computed together at most. */
  public int maxBatchTokens() {
    return options.tokenBudget();
  }

  /** How many calls wait for one of the models. */
  public int waitingCalls() {
    return models.stream()
        .mapToInt(served -> served.model().map(TaskModel::waitingCalls).orElse(0))
        .sum();
  }

  /** Whether all models are loaded and warm. */
  public boolean isReady() {
    return models.stream().allMatch(served -> served.model().isPresent());
  }

  /**
   * Loads all models, and runs each one once, so that its first request is as fast as others.
   *
   * @throws ModelLoadException if one cannot be loaded
   */
  public void load() {
    for (ServedModel served : models) {
      long begin = System.nanoTime();
      TaskModel model = load(served);
      warmUp(model);
      served.isReady(model);
      LOG.log(
          Level.INFO,
          "model {0} is ready: {1}, {2}, {3} ms",
          served.alias(),
          served.info().orElseThrow().tasks().getFirst().key(),
          model.kernels(),
          Long.toString((System.nanoTime() - begin) / 1_000_000));
    }
  }

  private TaskModel load(ServedModel served) {
    try {
      if (served.source().isEmpty()) {
        return TextEmbedder.bundled(options);
      }
      Optional<Task> task = served.spec().task();
      return task.isPresent()
          ? load(served.source(), task.get())
          : Models.load(served.source(), options);
    } catch (RuntimeException e) {
      throw new ModelLoadException(served.alias(), e);
    }
  }

  private TaskModel load(String source, Task task) {
    return switch (task) {
      case EMBEDDING -> TextEmbedder.load(source, options);
      case LATE_INTERACTION -> ColBert.load(source, options);
      case SPARSE_EMBEDDING -> SparseEncoder.load(source, options);
      case FILL_MASK -> FillMask.load(source, options);
      case TEXT_CLASSIFICATION -> TextClassifier.load(source, options);
      case ZERO_SHOT_CLASSIFICATION -> ZeroShotClassifier.load(source, options);
      case RERANKING -> CrossEncoder.load(source, options);
      case TOKEN_CLASSIFICATION -> TokenClassifier.load(source, options);
      case QUESTION_ANSWERING -> QuestionAnswerer.load(source, options);
      case MULTIPLE_CHOICE -> MultipleChoice.load(source, options);
    };
  }

  private static void warmUp(TaskModel model) {
    String text = "bread";
    var pair = new TextPair(text, text);
    switch (model) {
      case TextEmbedder embedder -> embedder.embed(text);
      case SparseEncoder encoder -> encoder.encode(text);
      case ColBert colBert -> colBert.encodeDocument(text);
      case CrossEncoder encoder -> encoder.predict(pair);
      case TextClassifier classifier -> classifier.classify(text);
      case ZeroShotClassifier classifier -> classifier.classify(text, List.of("food"));
      case TokenClassifier classifier -> classifier.classify(text);
      case QuestionAnswerer answerer -> answerer.answer(text, text);
      case FillMask fillMask -> fillMask.fill(fillMask.maskToken());
      case MultipleChoice _ -> {}
    }
  }

  /** Frees the memory of the models, once what they compute has ended. */
  @Override
  public void close() {
    models.forEach(served -> served.model().ifPresent(TaskModel::close));
  }
}

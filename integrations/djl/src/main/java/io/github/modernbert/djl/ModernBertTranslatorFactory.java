package io.github.modernbert.djl;

import ai.djl.Model;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.modality.nlp.translator.CrossEncoderServingTranslator;
import ai.djl.modality.nlp.translator.QaServingTranslator;
import ai.djl.modality.nlp.translator.TextClassificationServingTranslator;
import ai.djl.modality.nlp.translator.TextEmbeddingServingTranslator;
import ai.djl.modality.nlp.translator.TokenClassificationServingTranslator;
import ai.djl.modality.nlp.translator.ZeroShotClassificationServingTranslator;
import ai.djl.ndarray.NDList;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorFactory;
import ai.djl.util.Pair;
import io.github.modernbert.Task;
import io.github.modernbert.files.ModelFileException;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes DJL's inputs and outputs of what ModernBERT checkpoints do, in place of the translators of
 * {@code ai.djl.huggingface}.
 */
public final class ModernBertTranslatorFactory implements TranslatorFactory {
  private static final Pair<Type, Type> ARRAYS = new Pair<>(NDList.class, NDList.class);
  private static final Pair<Type, Type> SERVING = new Pair<>(Input.class, Output.class);

  private static final Set<Pair<Type, Type>> TYPES =
      Stream.concat(Stream.of(ARRAYS, SERVING), Routes.ALL.stream().map(r -> types(r)))
          .collect(Collectors.toUnmodifiableSet());

  /** For {@code optTranslatorFactory}, and for DJL, which makes one of the class's name. */
  public ModernBertTranslatorFactory() {}

  @Override
  public Set<Pair<Type, Type>> getSupportedTypes() {
    return TYPES;
  }

  private static Pair<Type, Type> types(Route<?, ?> route) {
    return new Pair<>(route.input(), route.output());
  }

  /**
   * A translator, safe for use by several threads.
   *
   * @param model one that the engine {@code ModernBert} has loaded
   * @throws IllegalArgumentException if the types are not supported, or an argument has no sense
   * @throws TranslateException if the model is of another engine, its checkpoint cannot do what the
   *     types ask for, or its files cannot be used for it
   * @throws IllegalStateException if the model has not loaded a folder, or is closed
   */
  @Override
  @SuppressWarnings("unchecked") // the types are those that were asked for
  public <I, O> Translator<I, O> newInstance(
      Class<I> input, Class<O> output, Model model, Map<String, ?> arguments)
      throws TranslateException {
    var types = new Pair<Type, Type>(input, output);
    if (!TYPES.contains(types)) {
      throw new IllegalArgumentException(
          "Unsupported input/output types: %s to %s"
              .formatted(input.getTypeName(), output.getTypeName()));
    }
    Checkpoint checkpoint = CheckpointModel.checkpoint(model);
    if (types.equals(ARRAYS)) {
      return (Translator<I, O>) new NoopTranslator();
    }
    Options options = Options.of(arguments);
    try {
      if (types.equals(SERVING)) {
        return (Translator<I, O>) serving(checkpoint, options);
      }
      List<Route<?, ?>> routes =
          Routes.ALL.stream().filter(route -> types(route).equals(types)).toList();
      return (Translator<I, O>) first(routes, checkpoint).translator(checkpoint, options);
    } catch (ModelFileException e) {
      throw new TranslateException(e.getMessage(), e);
    }
  }

  /** The first route that the checkpoint can go. */
  private static Route<?, ?> first(List<Route<?, ?>> routes, Checkpoint checkpoint)
      throws TranslateException {
    List<Task> tasks = checkpoint.description().tasks();
    return routes.stream()
        .filter(route -> tasks.contains(route.task()))
        .findFirst()
        .orElseThrow(() -> mismatch(routes, checkpoint));
  }

  private static TranslateException mismatch(List<Route<?, ?>> routes, Checkpoint checkpoint) {
    Route<?, ?> route = routes.getFirst();
    return new TranslateException(
        "%s: %s to %s needs a checkpoint for %s, this one has %s, for %s"
            .formatted(
                checkpoint.description().folder(),
                route.input().getSimpleName(),
                route.output().getSimpleName(),
                keys(routes.stream().map(Route::task)),
                checkpoint.description().head(),
                keys(checkpoint.description().tasks().stream())));
  }

  private static String keys(Stream<Task> tasks) {
    return tasks.map(Task::key).collect(Collectors.joining(" or "));
  }

  /** What DJL Serving sends, for the first of the checkpoint's tasks that DJL has a form for. */
  private static Translator<Input, Output> serving(Checkpoint checkpoint, Options arguments)
      throws TranslateException {
    List<Task> tasks = checkpoint.description().tasks();
    if (arguments.flag("reranking").orElse(false)) {
      first(List.of(Routes.RERANKING), checkpoint);
      return serving(Task.RERANKING, checkpoint, arguments);
    }
    return serving(tasks.getFirst(), checkpoint, arguments);
  }

  private static Translator<Input, Output> serving(
      Task task, Checkpoint checkpoint, Options arguments) throws TranslateException {
    return switch (task) {
      case EMBEDDING ->
          new TextEmbeddingServingTranslator(Routes.EMBEDDING.translator(checkpoint, arguments));
      case TEXT_CLASSIFICATION ->
          new TextClassificationServingTranslator(
              Routes.CLASSIFICATION.translator(checkpoint, arguments));
      case FILL_MASK ->
          new TextClassificationServingTranslator(
              Routes.FILL_MASK.translator(checkpoint, arguments));
      case RERANKING ->
          new CrossEncoderServingTranslator(Routes.RERANKING.translator(checkpoint, arguments));
      case TOKEN_CLASSIFICATION ->
          new TokenClassificationServingTranslator(
              Routes.ENTITIES.translator(checkpoint, arguments));
      case QUESTION_ANSWERING ->
          new QaServingTranslator(Routes.ANSWERS.translator(checkpoint, arguments));
      case ZERO_SHOT_CLASSIFICATION ->
          new ZeroShotClassificationServingTranslator(
              Routes.ZERO_SHOT.translator(checkpoint, arguments));
      case LATE_INTERACTION, SPARSE_EMBEDDING, MULTIPLE_CHOICE ->
          throw new TranslateException(
              "%s: is for %s, which DJL's Input and Output do not provide for"
                  .formatted(checkpoint.description().folder(), task.key()));
    };
  }
}

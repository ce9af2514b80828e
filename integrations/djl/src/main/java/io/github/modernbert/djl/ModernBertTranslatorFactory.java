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
 * Makes translators between DJL's input and output types and the tasks of ModernBERT checkpoints,
 * in place of the translator factories of {@code ai.djl.huggingface}.
 *
 * {@snippet file="io/github/modernbert/djl/SnippetsTest.java" region="rerank"}
 *
 * <table>
 * <caption>Types</caption>
 * <tr><th>input<th>output<th>checkpoint<th>arguments
 * <tr><td>{@code String}<td>{@code float[]}<td>embeddings
 *     <td>{@code normalize}, {@code dimensions}, {@code prompt} (a name), {@code promptText},
 *     {@code pooling}
 * <tr><td>{@code String}, {@code StringPair}<td>{@code Classifications}<td>text classification
 *     <td>{@code topK}
 * <tr><td>{@code String}<td>{@code Classifications}: tokens for one mask<td>fill-mask
 *     <td>{@code topK}
 * <tr><td>{@code StringPair}<td>{@code float[]}: scores<td>reranking
 *     <td>{@code sigmoid}, {@code prompt}, {@code promptText}
 * <tr><td>{@code String}<td>{@code NamedEntity[]}<td>token classification
 *     <td>{@code aggregation_strategy}, {@code stride}
 * <tr><td>{@code QAInput}<td>{@code String}<td>question answering
 *     <td>{@code stride}, {@code maxAnswerLength}, {@code noAnswer}
 * <tr><td>{@code ZeroShotClassificationInput}<td>{@code ZeroShotClassificationOutput}
 *     <td>zero-shot classification; each input is computed by itself<td>
 * <tr><td>{@code NDList}<td>{@code NDList}<td>embeddings<td>
 * <tr><td>{@code Input}<td>{@code Output}<td>any of these, its main task; {@code reranking} chooses
 *     that<td>as above
 * </table>
 *
 * <p>Arrays of an input type give arrays of the output type: {@code String[]} to {@code float[][]}.
 * All that is in a call of {@code predict} or {@code batchPredict} is computed together, in batches
 * that are formed inside, so there is no {@code batchifier} to choose. Results are those of {@link
 * io.github.modernbert.TextEmbedder} and its siblings, whose options the arguments are; where there
 * is no argument, the model's files decide. That is so for normalisation too, which DJL's own
 * translator does unless told not to. {@code maxLength} (tokens) and {@code truncation} ({@code
 * false} refuses texts that are too long) go with all texts; {@code pooling} is refused unless the
 * model pools so; entities are tokens unless {@code aggregation_strategy} is {@code simple}, {@code
 * first}, {@code average} or {@code max}. Their offsets are UTF-16 indices, while DJL's own
 * translator counts code points. Arguments of other names have no effect.
 *
 * <p>An {@code NDList} holds {@code input_ids} and, where sequences are padded, {@code
 * attention_mask}, both batch × tokens; {@code last_hidden_state} comes back, batch × tokens ×
 * hidden size, with zeros for padding.
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
    LoadedCheckpoint checkpoint = CheckpointModel.checkpoint(model);
    if (types.equals(ARRAYS)) {
      return (Translator<I, O>) new NoopTranslator();
    }
    OptionValues options = OptionValues.of(arguments);
    try {
      if (types.equals(SERVING)) {
        return (Translator<I, O>) serving(checkpoint, options);
      }
      List<Route<?, ?>> routes =
          Routes.ALL.stream().filter(route -> types(route).equals(types)).toList();
      return (Translator<I, O>) first(routes, checkpoint).translator(checkpoint, options);
    } catch (ModelFileException e) {
      throw new TranslateException(e.getMessage(), e);
    } finally {
      // DJL drops a model whose translator cannot be made without closing it.
      checkpoint.freeUnused();
    }
  }

  /** The first route that the checkpoint can go. */
  private static Route<?, ?> first(List<Route<?, ?>> routes, LoadedCheckpoint checkpoint)
      throws TranslateException {
    List<Task> tasks = checkpoint.description().tasks();
    return routes.stream()
        .filter(route -> tasks.contains(route.task()))
        .findFirst()
        .orElseThrow(() -> mismatch(routes, checkpoint));
  }

  private static TranslateException mismatch(
      List<Route<?, ?>> routes, LoadedCheckpoint checkpoint) {
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

  /**
   * The translator of DJL Serving's {@code Input} for the first of the checkpoint's tasks; tasks
   * that DJL has no form for are refused.
   */
  private static Translator<Input, Output> serving(
      LoadedCheckpoint checkpoint, OptionValues arguments) throws TranslateException {
    List<Task> tasks = checkpoint.description().tasks();
    if (arguments.flag("reranking").orElse(false)) {
      first(List.of(Routes.RERANKING), checkpoint);
      return serving(Task.RERANKING, checkpoint, arguments);
    }
    return serving(tasks.getFirst(), checkpoint, arguments);
  }

  private static Translator<Input, Output> serving(
      Task task, LoadedCheckpoint checkpoint, OptionValues arguments) throws TranslateException {
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

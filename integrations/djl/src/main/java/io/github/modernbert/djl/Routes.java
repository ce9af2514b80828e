package io.github.modernbert.djl;

import static io.github.modernbert.djl.OptionValues.with;

import ai.djl.modality.Classifications;
import ai.djl.modality.nlp.qa.QAInput;
import ai.djl.modality.nlp.translator.NamedEntity;
import ai.djl.modality.nlp.translator.ZeroShotClassificationInput;
import ai.djl.modality.nlp.translator.ZeroShotClassificationOutput;
import ai.djl.util.StringPair;
import io.github.modernbert.Answer;
import io.github.modernbert.AnswerOptions;
import io.github.modernbert.Classification;
import io.github.modernbert.ClassifyOptions;
import io.github.modernbert.CrossEncoder;
import io.github.modernbert.CrossEncoderOptions;
import io.github.modernbert.EmbedOptions;
import io.github.modernbert.LabelScore;
import io.github.modernbert.Models;
import io.github.modernbert.PairScores;
import io.github.modernbert.QuestionAnswerer;
import io.github.modernbert.ScoreFunction;
import io.github.modernbert.Task;
import io.github.modernbert.TextClassifier;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.TextPair;
import io.github.modernbert.ZeroShotClassifier;
import io.github.modernbert.ZeroShotOptions;
import io.github.modernbert.weights.EmbeddingModule;
import io.github.modernbert.weights.PoolingMode;
import io.github.modernbert.weights.SentenceTransformersFolder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All that DJL's types can ask of a checkpoint. */
final class Routes {
  static final Route<String, float[]> EMBEDDING =
      new Route<>(String.class, float[].class, Task.EMBEDDING, Routes::embed);

  static final Route<String, Classifications> CLASSIFICATION =
      new Route<>(String.class, Classifications.class, Task.TEXT_CLASSIFICATION, Routes::classify);

  static final Route<String, Classifications> FILL_MASK =
      new Route<>(String.class, Classifications.class, Task.FILL_MASK, TokenRoutes::fillMask);

  static final Route<StringPair, float[]> RERANKING =
      new Route<>(StringPair.class, float[].class, Task.RERANKING, Routes::score);

  static final Route<String, NamedEntity[]> ENTITIES =
      new Route<>(
          String.class, NamedEntity[].class, Task.TOKEN_CLASSIFICATION, TokenRoutes::entities);

  static final Route<QAInput, String> ANSWERS =
      new Route<>(QAInput.class, String.class, Task.QUESTION_ANSWERING, Routes::answer);

  static final Route<ZeroShotClassificationInput, ZeroShotClassificationOutput> ZERO_SHOT =
      new Route<>(
          ZeroShotClassificationInput.class,
          ZeroShotClassificationOutput.class,
          Task.ZERO_SHOT_CLASSIFICATION,
          Routes::zeroShot);

  private static final Route<StringPair, Classifications> PAIR_CLASSIFICATION =
      new Route<>(
          StringPair.class, Classifications.class, Task.TEXT_CLASSIFICATION, Routes::classifyPairs);

  /** All routes; among those with the same types, the one that a checkpoint can do is taken. */
  static final List<Route<?, ?>> ALL =
      Stream.<Route<?, ?>>of(
              EMBEDDING,
              CLASSIFICATION,
              FILL_MASK,
              PAIR_CLASSIFICATION,
              RERANKING,
              ENTITIES,
              ANSWERS,
              ZERO_SHOT)
          .<Route<?, ?>>flatMap(route -> Stream.of(route, route.ofArrays()))
          .toList();

  private Routes() {}

  private static Function<List<String>, List<float[]>> embed(
      LoadedCheckpoint checkpoint, OptionValues arguments) {
    EmbedOptions given = arguments.reading(EmbedOptions.defaults());
    given = with(given, arguments.text("prompt"), EmbedOptions::prompt);
    given = with(given, arguments.text("promptText"), EmbedOptions::promptText);
    given = with(given, arguments.integer("dimensions"), EmbedOptions::dimensions);
    EmbedOptions options = with(given, arguments.flag("normalize"), EmbedOptions::normalize);
    arguments.text("pooling").ifPresent(mode -> requirePooling(mode, checkpoint));
    TextEmbedder embedder = checkpoint.open(Task.EMBEDDING, TextEmbedder.class, TextEmbedder::load);
    return texts -> Arrays.asList(embedder.embed(texts, options).toArray());
  }

  /** DJL's translators pool as their argument says; here the folder does. */
  private static void requirePooling(String mode, LoadedCheckpoint checkpoint) {
    Path folder = checkpoint.description().folder();
    String wanted = mode.equals("mean_sqrt_len") ? PoolingMode.MEAN_SQRT_LEN_TOKENS.key() : mode;
    SentenceTransformersFolder.read(folder, Models::locate).modules().stream()
        .filter(EmbeddingModule.Pooling.class::isInstance)
        .map(pooling -> ((EmbeddingModule.Pooling) pooling).modes().stream())
        .map(modes -> modes.map(PoolingMode::key).toList())
        .filter(modes -> !modes.equals(List.of(wanted)))
        .findFirst()
        .ifPresent(modes -> {
          throw new IllegalArgumentException(
              "pooling: the model at %s pools by %s, found '%s'".formatted(folder, modes, mode));
        });
  }

  private static Function<List<String>, List<Classifications>> classify(
      LoadedCheckpoint checkpoint, OptionValues arguments) {
    ClassifyOptions options = classifyOptions(arguments);
    TextClassifier classifier = classifier(checkpoint);
    return texts ->
        classifier.classify(texts, options).stream().map(Routes::classifications).toList();
  }

  private static Function<List<StringPair>, List<Classifications>> classifyPairs(
      LoadedCheckpoint checkpoint, OptionValues arguments) {
    ClassifyOptions options = classifyOptions(arguments);
    TextClassifier classifier = classifier(checkpoint);
    return pairs ->
        classifier.classifyPairs(textPairs(pairs), options).stream()
            .map(Routes::classifications)
            .toList();
  }

  private static ClassifyOptions classifyOptions(OptionValues arguments) {
    return with(
        arguments.reading(ClassifyOptions.defaults()),
        arguments.integer("topK"),
        ClassifyOptions::topK);
  }

  private static TextClassifier classifier(LoadedCheckpoint checkpoint) {
    return checkpoint.open(Task.TEXT_CLASSIFICATION, TextClassifier.class, TextClassifier::load);
  }

  private static Classifications classifications(Classification classification) {
    List<LabelScore> labels = classification.labels();
    return new Classifications(
        labels.stream().map(LabelScore::label).toList(),
        labels.stream().map(label -> (double) label.score()).toList());
  }

  private static Function<List<StringPair>, List<float[]>> score(
      LoadedCheckpoint checkpoint, OptionValues arguments) {
    CrossEncoderOptions given = arguments.reading(CrossEncoderOptions.defaults());
    given = with(given, arguments.text("prompt"), CrossEncoderOptions::prompt);
    given = with(given, arguments.text("promptText"), CrossEncoderOptions::promptText);
    Optional<ScoreFunction> function =
        arguments.flag("sigmoid").map(on -> on ? ScoreFunction.SIGMOID : ScoreFunction.NONE);
    CrossEncoderOptions options = with(given, function, CrossEncoderOptions::scoreFunction);
    CrossEncoder encoder = checkpoint.open(Task.RERANKING, CrossEncoder.class, CrossEncoder::load);
    return pairs ->
        encoder.predict(textPairs(pairs), options).stream().map(PairScores::values).toList();
  }

  private static List<TextPair> textPairs(List<StringPair> pairs) {
    return pairs.stream().map(pair -> textPair("pair", pair.getKey(), pair.getValue())).toList();
  }

  private static TextPair textPair(String name, String first, String second) {
    Batch.requireNoNull(Arrays.asList(first, second), name);
    return new TextPair(first, second);
  }

  private static Function<List<QAInput>, List<String>> answer(
      LoadedCheckpoint checkpoint, OptionValues arguments) {
    AnswerOptions given = arguments.reading(AnswerOptions.defaults());
    given = with(given, arguments.integer("stride"), AnswerOptions::stride);
    given = with(given, arguments.integer("maxAnswerLength"), AnswerOptions::maxAnswerLength);
    AnswerOptions options = with(given, arguments.flag("noAnswer"), AnswerOptions::noAnswer);
    QuestionAnswerer answerer =
        checkpoint.open(Task.QUESTION_ANSWERING, QuestionAnswerer.class, QuestionAnswerer::load);
    return questions ->
        answerer
            .answer(
                questions.stream()
                    .map(input ->
                        textPair("question, paragraph", input.getQuestion(), input.getParagraph()))
                    .toList(),
                options)
            .stream()
            .map(answers -> answers.stream().findFirst().map(Answer::text).orElse(""))
            .toList();
  }

  private static Function<List<ZeroShotClassificationInput>, List<ZeroShotClassificationOutput>>
      zeroShot(LoadedCheckpoint checkpoint, OptionValues arguments) {
    ZeroShotOptions options = arguments.reading(ZeroShotOptions.defaults());
    ZeroShotClassifier classifier =
        checkpoint.open(
            Task.ZERO_SHOT_CLASSIFICATION, ZeroShotClassifier.class, ZeroShotClassifier::load);
    return inputs ->
        inputs.stream()
            .map(input -> {
              @Nullable String[] candidates = input.getCandidates();
              List<LabelScore> labels =
                  classifier
                      .classify(
                          input.getText(),
                          candidates == null ? List.of() : Arrays.asList(candidates),
                          options
                              .template(input.getHypothesisTemplate())
                              .multiLabel(input.isMultiLabel()))
                      .labels();
              return new ZeroShotClassificationOutput(
                  input.getText(),
                  labels.stream().map(LabelScore::label).toArray(String[]::new),
                  labels.stream().mapToDouble(LabelScore::score).toArray());
            })
            .toList();
  }
}

package io.github.modernbert;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.Request;
import io.github.modernbert.tasks.SequenceHead;
import io.github.modernbert.tokenizer.Encoding;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Classifies texts, or pairs of texts as in natural language inference, with a checkpoint of {@code
 * ModernBertForSequenceClassification}. Its {@code problem_type} says whether one of the labels is
 * right, any number of them, or the outputs are values (regression). Scores are those of the text
 * classification pipeline of transformers.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="classify"}
 *
 * <p>The inputs of a call are computed in batches that the library forms; the bits of a result do
 * not depend on them. Immutable and safe for use by several threads; see {@link TaskModel}.
 */
public final class TextClassifier extends TaskModel {
  private final SequenceHead head;

  TextClassifier(Loaded loaded) {
    super(loaded);
    head = new SequenceHead(model().backbone(), model().config().numLabels());
  }

  /**
   * Loads a sequence classifier with {@linkplain LoadOptions#defaults default options}.
   *
   * @param folder a folder that holds config.json, weights and tokenizer.json
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the checkpoint has
   *     another head
   * @throws IllegalArgumentException if the folder is null
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static TextClassifier load(Path folder) {
    return load(folder, LoadOptions.defaults());
  }

  /**
   * Loads a sequence classifier.
   *
   * @param folder a folder that holds config.json, weights and tokenizer.json
   * @param options threads, kernels, precision and memory of the model
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the checkpoint has
   *     another head
   * @throws IllegalArgumentException if an argument is null, the chosen kernels are not installed,
   *     or the model has fewer layers than the options ask for
   * @throws UnsupportedOperationException if the chosen kernels cannot run here
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static TextClassifier load(Path folder, LoadOptions options) {
    return TaskModel.load(folder, Task.TEXT_CLASSIFICATION, options, TextClassifier::new);
  }

  /**
   * Loads a sequence classifier by name with {@linkplain LoadOptions#defaults default options}; see
   * {@link Models#locate(String)}.
   *
   * @param nameOrFolder the path of a folder, or a name that an installed {@link ModelLocator}
   *     knows, such as {@code organisation/name}
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the checkpoint has
   *     another head
   * @throws IllegalArgumentException if the argument is null, or there is neither such a folder nor
   *     a model of that name
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws RuntimeException as the locator defines it, if it knows the name and cannot provide the
   *     model
   */
  public static TextClassifier load(String nameOrFolder) {
    return load(nameOrFolder, LoadOptions.defaults());
  }

  /**
   * Loads a sequence classifier by name; see {@link Models#locate(String)}.
   *
   * @param nameOrFolder the path of a folder, or a name that an installed {@link ModelLocator}
   *     knows, such as {@code organisation/name}
   * @param options threads, kernels, precision and memory of the model
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the checkpoint has
   *     another head
   * @throws IllegalArgumentException if an argument is null, there is neither such a folder nor a
   *     model of that name, the chosen kernels are not installed, or the model has fewer layers
   *     than the options ask for
   * @throws UnsupportedOperationException if the chosen kernels cannot run here
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws RuntimeException as the locator defines it, if it knows the name and cannot provide the
   *     model
   */
  public static TextClassifier load(String nameOrFolder, LoadOptions options) {
    return load(Models.locate(nameOrFolder), options);
  }

  /**
   * The names of the labels, in the order of the model's logits; at least one. Those that {@code
   * id2label} of {@code config.json} gives.
   */
  public List<String> labels() {
    return model().config().labels();
  }

  /**
   * Classifies a text with {@linkplain ClassifyOptions#defaults default options}.
   *
   * @param text any text, which may be empty
   * @return all labels, best first, with their scores
   * @throws IllegalArgumentException if the text is null
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Classification classify(String text) {
    return classify(text, ClassifyOptions.defaults());
  }

  /**
   * Classifies a text.
   *
   * @param text any text, which may be empty
   * @param options scores, number of labels and truncation
   * @return the labels, best first, with their scores
   * @throws IllegalArgumentException if an argument is null, the options do not fit the model, or
   *     the text is too long and the options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Classification classify(String text, ClassifyOptions options) {
    return model().one("text", text, ofTexts(options), options.reading());
  }

  /**
   * Classifies texts with {@linkplain ClassifyOptions#defaults default options}.
   *
   * @param texts any number of texts
   * @return all labels of each text, in the order of the texts
   * @throws IllegalArgumentException if the list or a text is null
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<Classification> classify(List<String> texts) {
    return classify(texts, ClassifyOptions.defaults());
  }

  /**
   * Classifies texts.
   *
   * @param texts any number of texts
   * @param options scores, number of labels and truncation
   * @return the labels of each text, in the order of the texts
   * @throws IllegalArgumentException if an argument or a text is null, the options do not fit the
   *     model, or a text is too long and the options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<Classification> classify(List<String> texts, ClassifyOptions options) {
    return model().list("texts", texts, ofTexts(options), options.reading());
  }

  /**
   * Classifies a stream of texts.
   *
   * <p>Texts are taken from the stream in groups of some batches while the result is read, so
   * memory does not grow with their number; exceptions that concern a text are thrown then. Read
   * the result to its end or close it, which also closes the given stream.
   *
   * @param texts any number of texts
   * @param options scores, number of labels and truncation
   * @return the labels of each text, in the order of the texts
   * @throws IllegalArgumentException if an argument or a text is null, the options do not fit the
   *     model, or a text is too long and the options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Stream<Classification> classify(Stream<String> texts, ClassifyOptions options) {
    return model().stream("texts", texts, ofTexts(options), options.reading());
  }

  /**
   * Classifies pairs of texts with {@linkplain ClassifyOptions#defaults default options}; see
   * {@link #classifyPairs(List, ClassifyOptions)}.
   *
   * @param pairs any number of pairs
   * @return all labels of each pair, in the order of the pairs
   * @throws IllegalArgumentException if the list or a pair is null
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<Classification> classifyPairs(List<TextPair> pairs) {
    return classifyPairs(pairs, ClassifyOptions.defaults());
  }

  /**
   * Classifies pairs of texts, such as premise and hypothesis. Each pair is read as one sequence;
   * if it is too long, tokens are removed from the longer text first.
   *
   * @param pairs any number of pairs
   * @param options scores, number of labels and truncation
   * @return the labels of each pair, in the order of the pairs
   * @throws IllegalArgumentException if an argument or a pair is null, the options do not fit the
   *     model, or a pair is too long and the options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<Classification> classifyPairs(List<TextPair> pairs, ClassifyOptions options) {
    return model().list("pairs", pairs, ofPairs(options), options.reading());
  }

  /**
   * Classifies a stream of pairs of texts; see {@link #classifyPairs(List, ClassifyOptions)}.
   *
   * <p>Pairs are taken from the stream in groups of some batches while the result is read, so
   * memory does not grow with their number; exceptions that concern a pair are thrown then. Read
   * the result to its end or close it, which also closes the given stream.
   *
   * @param pairs any number of pairs
   * @param options scores, number of labels and truncation
   * @return the labels of each pair, in the order of the pairs
   * @throws IllegalArgumentException if an argument or a pair is null, the options do not fit the
   *     model, or a pair is too long and the options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Stream<Classification> classifyPairs(Stream<TextPair> pairs, ClassifyOptions options) {
    return model().stream("pairs", pairs, ofPairs(options), options.reading());
  }

  private Function<String, Request<Classification, Classification>> ofTexts(
      ClassifyOptions options) {
    int length = model().maxLength(Arguments.notNull(options, "options").reading(), 1);
    return text -> input(text, null, length, options);
  }

  private Function<TextPair, Request<Classification, Classification>> ofPairs(
      ClassifyOptions options) {
    int length = model().maxLength(Arguments.notNull(options, "options").reading(), 2);
    return pair -> input(pair.first(), pair.second(), length, options);
  }

  private Request<Classification, Classification> input(
      String first, @Nullable String second, int length, ClassifyOptions options) {
    Encoding encoding = model().encode(first, second, length, options.reading());
    ScoreFunction function =
        options.scoreFunction().orElseGet(() -> ScoreFunction.of(model().config()));
    return Request.of(
        encoding.ids(),
        hidden ->
            new Classification(
                Classification.ranked(
                    labels(), function.apply(head.logits(hidden)), options.topK()),
                encoding.length(),
                encoding.isTruncated()));
  }

  @Override
  String steps() {
    return head.steps() + ", " + ScoreFunction.of(model().config()).key();
  }

  @Override
  Set<String> headTensors() {
    return head.tensors();
  }
}

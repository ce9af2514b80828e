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
 * Finds the labels of texts, or of pairs of texts as natural language inference has them, with a
 * checkpoint of {@code ModernBertForSequenceClassification}: one of several labels, any of several,
 * or values (regression), as its {@code problem_type} says. Scores are those of the text
 * classification pipeline of transformers.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="classify"}
 *
 * <p>Inputs of a call are computed together in batches that are formed inside; results have the
 * same bits whatever is computed with them. Immutable and safe for use by several threads; see
 * {@link TaskModel}.
 */
public final class TextClassifier extends TaskModel {
  private final SequenceHead head;

  private TextClassifier(Loaded loaded) {
    super(loaded);
    head = new SequenceHead(model().backbone(), model().config().numLabels());
  }

  /** Like {@link #load(Path, LoadOptions)} with the default options. */
  public static TextClassifier load(Path folder) {
    return load(folder, LoadOptions.defaults());
  }

  /**
   * Loads {@code config.json}, weights and {@code tokenizer.json} of a folder.
   *
   * @throws ModelFileException if a file is missing or cannot be used, or the checkpoint has
   *     another head
   * @throws IllegalArgumentException if the demanded kernels are not installed
   * @throws UnsupportedOperationException if the demanded kernels cannot run here
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static TextClassifier load(Path folder, LoadOptions options) {
    return TaskModel.load(folder, Task.TEXT_CLASSIFICATION, options, TextClassifier::new);
  }

  /** Like {@link #load(String, LoadOptions)} with the default options. */
  public static TextClassifier load(String nameOrFolder) {
    return load(nameOrFolder, LoadOptions.defaults());
  }

  /**
   * Loads a folder, or a model by its name, such as {@code organisation/name}; see {@link
   * Models#locate(String)}.
   *
   * @throws IllegalArgumentException if there is neither, or as {@link #load(Path, LoadOptions)},
   *     whose other exceptions it has too
   */
  public static TextClassifier load(String nameOrFolder, LoadOptions options) {
    return load(Models.locate(nameOrFolder), options);
  }

  /** The names of the labels, in the order of the model's logits. */
  public List<String> labels() {
    return model().config().labels();
  }

  /**
   * The labels of a text, with the default options: see {@link #classify(String, ClassifyOptions)},
   * whose exceptions it has.
   */
  public Classification classify(String text) {
    return classify(text, ClassifyOptions.defaults());
  }

  /**
   * The labels of a text.
   *
   * @throws IllegalArgumentException if the text is null, the options do not fit the model, or the
   *     text is too long and the options say to refuse it
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Classification classify(String text, ClassifyOptions options) {
    return model().one("text", text, ofTexts(options), options.reading());
  }

  /**
   * The labels of texts, with the default options: see {@link #classify(List, ClassifyOptions)},
   * whose exceptions it has.
   */
  public List<Classification> classify(List<String> texts) {
    return classify(texts, ClassifyOptions.defaults());
  }

  /**
   * The labels of texts, in their order.
   *
   * @throws IllegalArgumentException as {@link #classify(String, ClassifyOptions)}, whose other
   *     exceptions it has too
   */
  public List<Classification> classify(List<String> texts, ClassifyOptions options) {
    return model().list("texts", texts, ofTexts(options), options.reading());
  }

  /**
   * The labels of texts as they come, in their order. Texts are taken from the stream in groups of
   * some batches, when the result is asked for them, so memory does not grow with their number.
   *
   * @throws IllegalArgumentException as {@link #classify(String, ClassifyOptions)}, whose other
   *     exceptions it has too; some only when the result is read
   */
  public Stream<Classification> classify(Stream<String> texts, ClassifyOptions options) {
    return model().stream("texts", texts, ofTexts(options), options.reading());
  }

  /**
   * The labels of pairs of texts, with the default options: see {@link #classifyPairs(List,
   * ClassifyOptions)}, whose exceptions it has.
   */
  public List<Classification> classifyPairs(List<TextPair> pairs) {
    return classifyPairs(pairs, ClassifyOptions.defaults());
  }

  /**
   * The labels of pairs of texts, such as premise and hypothesis, each pair read as one sequence.
   * Of a pair that is too long the longer text is cut first.
   *
   * @throws IllegalArgumentException as {@link #classify(String, ClassifyOptions)}, whose other
   *     exceptions it has too
   */
  public List<Classification> classifyPairs(List<TextPair> pairs, ClassifyOptions options) {
    return model().list("pairs", pairs, ofPairs(options), options.reading());
  }

  /**
   * The labels of pairs of texts as they come; see {@link #classify(Stream, ClassifyOptions)}.
   *
   * @throws IllegalArgumentException as {@link #classify(String, ClassifyOptions)}, whose other
   *     exceptions it has too
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

package io.github.modernbert;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.LoadedModel;
import io.github.modernbert.tasks.Request;
import io.github.modernbert.tasks.SequenceHead;
import io.github.modernbert.tasks.Softmax;
import io.github.modernbert.tokenizer.Encoding;
import io.github.modernbert.tokenizer.Truncation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Classifies texts by labels that the caller chooses, with a checkpoint for natural language
 * inference (Yin et al., arXiv:1909.00161), as the zero-shot classification pipeline of
 * transformers does. Each text is read together with a sentence about each label; the score says
 * how strongly the text entails that sentence.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="zero-shot"}
 *
 * <p>The entailment is the model's first label that begins with {@code entail}; the contradiction
 * is its first label, or the last one if the first is the entailment. If labels exclude each other,
 * scores are the softmax of their entailment logits; else each score is the softmax of the
 * entailment logit against the contradiction logit. Time grows with texts × labels. Immutable and
 * safe for use by several threads; see {@link TaskModel}.
 */
public final class ZeroShotClassifier extends TaskModel {
  private final SequenceHead head;
  private final int entailment;
  private final int contradiction;

  ZeroShotClassifier(Loaded loaded) {
    super(loaded);
    List<String> labels = model().config().labels();
    head = new SequenceHead(model().backbone(), labels.size());
    entailment = ModelDescription.entailment(labels);
    contradiction = entailment == 0 ? labels.size() - 1 : 0;
  }

  /**
   * Loads a classifier of natural language inference with {@linkplain LoadOptions#defaults default
   * options}.
   *
   * @param folder a folder that holds config.json, weights and tokenizer.json
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the checkpoint has
   *     another head or no label that begins with {@code entail}
   * @throws IllegalArgumentException if the folder is null
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static ZeroShotClassifier load(Path folder) {
    return load(folder, LoadOptions.defaults());
  }

  /**
   * Loads a classifier of natural language inference.
   *
   * @param folder a folder that holds config.json, weights and tokenizer.json
   * @param options threads, kernels, precision and memory of the model
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the checkpoint has
   *     another head or no label that begins with {@code entail}
   * @throws IllegalArgumentException if an argument is null, the chosen kernels are not installed,
   *     or the model has fewer layers than the options ask for
   * @throws UnsupportedOperationException if the chosen kernels cannot run here
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static ZeroShotClassifier load(Path folder, LoadOptions options) {
    return TaskModel.load(folder, Task.ZERO_SHOT_CLASSIFICATION, options, ZeroShotClassifier::new);
  }

  /**
   * Loads a classifier of natural language inference by name with {@linkplain LoadOptions#defaults
   * default options}; see {@link Models#locate(String)}.
   *
   * @param nameOrFolder the path of a folder, or a name that an installed {@link ModelLocator}
   *     knows, such as {@code organisation/name}
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the checkpoint has
   *     another head or no label that begins with {@code entail}
   * @throws IllegalArgumentException if the argument is null, or there is neither such a folder nor
   *     a model of that name
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws RuntimeException as the locator defines it, if it knows the name and cannot provide the
   *     model
   */
  public static ZeroShotClassifier load(String nameOrFolder) {
    return load(nameOrFolder, LoadOptions.defaults());
  }

  /**
   * Loads a classifier of natural language inference by name; see {@link Models#locate(String)}.
   *
   * @param nameOrFolder the path of a folder, or a name that an installed {@link ModelLocator}
   *     knows, such as {@code organisation/name}
   * @param options threads, kernels, precision and memory of the model
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the checkpoint has
   *     another head or no label that begins with {@code entail}
   * @throws IllegalArgumentException if an argument is null, there is neither such a folder nor a
   *     model of that name, the chosen kernels are not installed, or the model has fewer layers
   *     than the options ask for
   * @throws UnsupportedOperationException if the chosen kernels cannot run here
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws RuntimeException as the locator defines it, if it knows the name and cannot provide the
   *     model
   */
  public static ZeroShotClassifier load(String nameOrFolder, LoadOptions options) {
    return load(Models.locate(nameOrFolder), options);
  }

  /**
   * Scores how well each label fits a text, with {@linkplain ZeroShotOptions#defaults default
   * options}.
   *
   * @param text any text
   * @param labels at least one; any words
   * @return all labels, best first, with their probabilities; its tokens are those of all pairs of
   *     text and label together
   * @throws IllegalArgumentException if an argument or a label is null, there are no labels, or a
   *     label is so long that no room is left for the text
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Classification classify(String text, List<String> labels) {
    return classify(text, labels, ZeroShotOptions.defaults());
  }

  /**
   * Scores how well each label fits a text.
   *
   * @param text any text
   * @param labels at least one; any words
   * @param options the sentence about a label, whether labels exclude each other, and truncation
   * @return all labels, best first, with their probabilities; its tokens are those of all pairs of
   *     text and label together
   * @throws IllegalArgumentException if an argument or a label is null, there are no labels, the
   *     options do not fit the model, the text is too long and the options refuse that, or a label
   *     is so long that no room is left for the text
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Classification classify(String text, List<String> labels, ZeroShotOptions options) {
    return model().one("text", text, prepare(labels, options), options.reading());
  }

  /**
   * Scores how well each label fits texts, with {@linkplain ZeroShotOptions#defaults default
   * options}.
   *
   * @param texts any number of texts
   * @param labels at least one; any words
   * @return the labels of each text, as {@link #classify(String, List)} gives them, in the order of
   *     the texts
   * @throws IllegalArgumentException if an argument, a text or a label is null, there are no
   *     labels, or a label is so long that no room is left for the text
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<Classification> classify(List<String> texts, List<String> labels) {
    return classify(texts, labels, ZeroShotOptions.defaults());
  }

  /**
   * Scores how well each label fits texts.
   *
   * @param texts any number of texts
   * @param labels at least one; any words
   * @param options the sentence about a label, whether labels exclude each other, and truncation
   * @return the labels of each text, as {@link #classify(String, List, ZeroShotOptions)} gives
   *     them, in the order of the texts
   * @throws IllegalArgumentException if an argument, a text or a label is null, there are no
   *     labels, the options do not fit the model, a text is too long and the options refuse that,
   *     or a label is so long that no room is left for the text
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<Classification> classify(
      List<String> texts, List<String> labels, ZeroShotOptions options) {
    return model().list("texts", texts, prepare(labels, options), options.reading());
  }

  /**
   * Scores how well each label fits a stream of texts.
   *
   * <p>Texts are taken from the stream in groups of some batches while the result is read, so
   * memory does not grow with their number; exceptions that concern a text are thrown then. Read
   * the result to its end or close it, which also closes the given stream.
   *
   * @param texts any number of texts
   * @param labels at least one; any words
   * @param options the sentence about a label, whether labels exclude each other, and truncation
   * @return the labels of each text, as {@link #classify(String, List, ZeroShotOptions)} gives
   *     them, in the order of the texts
   * @throws IllegalArgumentException if an argument, a text or a label is null, there are no
   *     labels, the options do not fit the model, a text is too long and the options refuse that,
   *     or a label is so long that no room is left for the text
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Stream<Classification> classify(
      Stream<String> texts, List<String> labels, ZeroShotOptions options) {
    return model().stream("texts", texts, prepare(labels, options), options.reading());
  }

  private Function<String, Request<float[], Classification>> prepare(
      List<String> labels, ZeroShotOptions options) {
    int length = model().maxLength(Arguments.notNull(options, "options").reading(), 2);
    List<String> chosen = Arguments.notEmpty(labels, "labels");
    return text -> new Candidates(text, chosen, options, length);
  }

  /** A text with each of the labels. */
  private final class Candidates implements Request<float[], Classification> {
    private final List<String> labels;
    private final boolean independent;
    private final List<Encoding> pairs = new ArrayList<>();

    Candidates(String text, List<String> labels, ZeroShotOptions options, int length) {
      this.labels = labels;
      this.independent = options.multiLabel() || labels.size() == 1;
      for (String label : labels) {
        Encoding pair =
            model()
                .tokenizer(options.reading())
                .encode(text, options.hypothesis(label), length, 0, Truncation.Strategy.ONLY_FIRST);
        LoadedModel.requireWhole(pair, length, options.reading());
        pairs.add(pair);
      }
    }

    @Override
    public List<int[]> sequences() {
      return pairs.stream().map(Encoding::ids).toList();
    }

    @Override
    public float[] read(int sequence, Matrix hidden) {
      return head.logits(hidden);
    }

    @Override
    public Classification result(List<float[]> logits) {
      var scores = new float[labels.size()];
      for (int i = 0; i < scores.length; i++) {
        float entailed = logits.get(i)[entailment];
        scores[i] =
            independent
                ? Softmax.of(new float[] {logits.get(i)[contradiction], entailed})[1]
                : entailed;
      }
      return new Classification(
          Classification.ranked(
              labels, independent ? scores : Softmax.of(scores), Integer.MAX_VALUE),
          pairs.stream().mapToInt(Encoding::length).sum(),
          pairs.stream().anyMatch(Encoding::isTruncated));
    }
  }

  @Override
  String steps() {
    return "%s, '%s' against '%s' or among the labels"
        .formatted(
            head.steps(),
            model().config().labels().get(entailment),
            model().config().labels().get(contradiction));
  }

  @Override
  Set<String> headTensors() {
    return head.tensors();
  }
}

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
 * Gives texts labels that are chosen with the call, with a checkpoint made for natural language
 * inference: each text is read together with a sentence about each label, and what counts is how
 * much it entails that sentence (Yin et al., arXiv:1909.00161), as the zero-shot classification
 * pipeline of transformers computes it.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="zero-shot"}
 *
 * <p>The model's label that begins with {@code entail} is the one that counts; its first label, or
 * its last if that is the first, is taken for the contradiction. Time grows with texts × labels.
 * Immutable and safe for use by several threads; see {@link TaskModel}.
 */
public final class ZeroShotClassifier extends TaskModel {
  private final SequenceHead head;
  private final int entailment;
  private final int contradiction;

  private ZeroShotClassifier(Loaded loaded) {
    super(loaded);
    List<String> labels = model().config().labels();
    head = new SequenceHead(model().backbone(), labels.size());
    entailment = ModelDescription.entailment(labels);
    contradiction = entailment == 0 ? labels.size() - 1 : 0;
  }

  /** Like {@link #load(Path, LoadOptions)} with the default options. */
  public static ZeroShotClassifier load(Path folder) {
    return load(folder, LoadOptions.defaults());
  }

  /**
   * Loads {@code config.json}, weights and {@code tokenizer.json} of a folder.
   *
   * @throws ModelFileException if a file is missing or cannot be used, or the checkpoint has
   *     another head or no label that begins with {@code entail}
   * @throws IllegalArgumentException if the demanded kernels are not installed
   * @throws UnsupportedOperationException if the demanded kernels cannot run here
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static ZeroShotClassifier load(Path folder, LoadOptions options) {
    return TaskModel.load(folder, Task.ZERO_SHOT_CLASSIFICATION, options, ZeroShotClassifier::new);
  }

  /** Like {@link #load(String, LoadOptions)} with the default options. */
  public static ZeroShotClassifier load(String nameOrFolder) {
    return load(nameOrFolder, LoadOptions.defaults());
  }

  /**
   * Loads a folder, or a model by its name, such as {@code organisation/name}; see {@link
   * Models#locate(String)}.
   *
   * @throws IllegalArgumentException if there is neither, or as {@link #load(Path, LoadOptions)},
   *     whose other exceptions it has too
   */
  public static ZeroShotClassifier load(String nameOrFolder, LoadOptions options) {
    return load(Models.locate(nameOrFolder), options);
  }

  /**
   * How well labels fit a text, with the default options: see {@link #classify(String, List,
   * ZeroShotOptions)}, whose exceptions it has.
   */
  public Classification classify(String text, List<String> labels) {
    return classify(text, labels, ZeroShotOptions.defaults());
  }

  /**
   * How well labels fit a text.
   *
   * @param labels at least one
   * @return all labels, best first, with their probabilities; the tokens of all pairs together
   * @throws IllegalArgumentException if the text or a label is null, there are no labels, the
   *     options do not fit the model, the text is too long and the options say to refuse it, or a
   *     label is so long that no room is left for the text
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Classification classify(String text, List<String> labels, ZeroShotOptions options) {
    return model().one("text", text, prepare(labels, options), options.reading());
  }

  /**
   * How well labels fit texts, with the default options: see {@link #classify(List, List,
   * ZeroShotOptions)}, whose exceptions it has.
   */
  public List<Classification> classify(List<String> texts, List<String> labels) {
    return classify(texts, labels, ZeroShotOptions.defaults());
  }

  /**
   * How well labels fit texts, in the order of the texts.
   *
   * @throws IllegalArgumentException as {@link #classify(String, List, ZeroShotOptions)}, whose
   *     other exceptions it has too
   */
  public List<Classification> classify(
      List<String> texts, List<String> labels, ZeroShotOptions options) {
    return model().list("texts", texts, prepare(labels, options), options.reading());
  }

  /**
   * How well labels fit texts as they come, in their order. Texts are taken from the stream in
   * groups of some batches, when the result is asked for them.
   *
   * @throws IllegalArgumentException as {@link #classify(String, List, ZeroShotOptions)}, whose
   *     other exceptions it has too
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
                .tokenizer()
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

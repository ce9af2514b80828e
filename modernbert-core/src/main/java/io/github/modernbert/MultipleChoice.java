package io.github.modernbert;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.Ranking;
import io.github.modernbert.tasks.Request;
import io.github.modernbert.tasks.SequenceHead;
import io.github.modernbert.tasks.Softmax;
import io.github.modernbert.tokenizer.Encoding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Tells which of several continuations fits a text, with a checkpoint of {@code
 * ModernBertForMultipleChoice}: the text is read with each of them, which gives one logit a choice.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="choose"}
 *
 * <p>Of a pair of text and choice that is too long the longer one is cut first. Questions of a call
 * are computed together in batches that are formed inside; results have the same bits whatever is
 * computed with them. Immutable and safe for use by several threads; see {@link TaskModel}.
 */
public final class MultipleChoice extends TaskModel {
  private final SequenceHead head;

  private MultipleChoice(Loaded loaded) {
    super(loaded);
    head = new SequenceHead(model().backbone(), 1);
  }

  /** Like {@link #load(Path, LoadOptions)} with the default options. */
  public static MultipleChoice load(Path folder) {
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
  public static MultipleChoice load(Path folder, LoadOptions options) {
    return TaskModel.load(folder, Task.MULTIPLE_CHOICE, options, MultipleChoice::new);
  }

  /** Like {@link #load(String, LoadOptions)} with the default options. */
  public static MultipleChoice load(String nameOrFolder) {
    return load(nameOrFolder, LoadOptions.defaults());
  }

  /**
   * Loads a folder, or a model by its name, such as {@code organisation/name}; see {@link
   * Models#locate(String)}.
   *
   * @throws IllegalArgumentException if there is neither, or as {@link #load(Path, LoadOptions)},
   *     whose other exceptions it has too
   */
  public static MultipleChoice load(String nameOrFolder, LoadOptions options) {
    return load(Models.locate(nameOrFolder), options);
  }

  /**
   * How well choices fit a text, with the default options: see {@link #choose(ChoiceQuestion,
   * ChoiceOptions)}, whose exceptions it has.
   */
  public List<Choice> choose(String prompt, List<String> choices) {
    return choose(new ChoiceQuestion(prompt, choices), ChoiceOptions.defaults());
  }

  /**
   * How well choices fit a text.
   *
   * @return all choices, best first; of equal ones the earlier first
   * @throws IllegalArgumentException if a text is null, there are no choices, the options do not
   *     fit the model, or a pair is too long and the options say to refuse it
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<Choice> choose(ChoiceQuestion question, ChoiceOptions options) {
    return model().one("question", question, prepare(options), options.reading());
  }

  /**
   * How well choices fit the texts of several questions, with the default options: see {@link
   * #choose(List, ChoiceOptions)}, whose exceptions it has.
   */
  public List<List<Choice>> choose(List<ChoiceQuestion> questions) {
    return choose(questions, ChoiceOptions.defaults());
  }

  /**
   * How well choices fit the texts of several questions, in their order.
   *
   * @throws IllegalArgumentException as {@link #choose(ChoiceQuestion, ChoiceOptions)}, whose other
   *     exceptions it has too
   */
  public List<List<Choice>> choose(List<ChoiceQuestion> questions, ChoiceOptions options) {
    return model().list("questions", questions, prepare(options), options.reading());
  }

  /**
   * How well choices fit the texts of questions as they come, in their order. Questions are taken
   * from the stream in groups of some batches, when the result is asked for them.
   *
   * @throws IllegalArgumentException as {@link #choose(ChoiceQuestion, ChoiceOptions)}, whose other
   *     exceptions it has too; some only when the result is read
   */
  public Stream<List<Choice>> choose(Stream<ChoiceQuestion> questions, ChoiceOptions options) {
    return model().stream("questions", questions, prepare(options), options.reading());
  }

  private Function<ChoiceQuestion, Request<Float, List<Choice>>> prepare(ChoiceOptions options) {
    int length = model().maxLength(Arguments.notNull(options, "options").reading(), 2);
    return question -> new Pairs(question, length, options);
  }

  /** A text with each of its choices. */
  private final class Pairs implements Request<Float, List<Choice>> {
    private final List<String> choices;
    private final List<int[]> sequences = new ArrayList<>();

    Pairs(ChoiceQuestion question, int length, ChoiceOptions options) {
      String prompt = Arguments.notNull(question.prompt(), "prompt");
      choices = Arguments.notEmpty(question.choices(), "choices");
      for (String choice : choices) {
        Encoding pair = model().encode(prompt, choice, length, options.reading());
        sequences.add(pair.ids());
      }
    }

    @Override
    public List<int[]> sequences() {
      return sequences;
    }

    @Override
    public Float read(int sequence, Matrix hidden) {
      return head.logits(hidden)[0];
    }

    @Override
    public List<Choice> result(List<Float> kept) {
      var logits = new float[kept.size()];
      for (int i = 0; i < logits.length; i++) {
        logits[i] = kept.get(i);
      }
      float[] scores = Softmax.of(logits);
      var ranked = new ArrayList<Choice>();
      for (int i = 0; i < scores.length; i++) {
        ranked.add(new Choice(i, choices.get(i), scores[i], logits[i]));
      }
      ranked.sort(Ranking.bestFirst(Choice::score));
      return List.copyOf(ranked);
    }
  }

  @Override
  String steps() {
    return head.steps() + " a choice, softmax";
  }

  @Override
  Set<String> headTensors() {
    return head.tensors();
  }
}

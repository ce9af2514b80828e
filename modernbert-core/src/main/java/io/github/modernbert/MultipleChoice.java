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
 * Scores how well each of several continuations fits a text, with a checkpoint of {@code
 * ModernBertForMultipleChoice}. The text is read together with each of them, which gives one logit
 * for each choice; the softmax of the logits is the score.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="choose"}
 *
 * <p>If a pair of text and choice is too long, tokens are removed from the longer one first. The
 * questions of a call are computed in batches that the library forms; the bits of a result do not
 * depend on them. Immutable and safe for use by several threads; see {@link TaskModel}.
 */
public final class MultipleChoice extends TaskModel {
  private final SequenceHead head;

  MultipleChoice(Loaded loaded) {
    super(loaded);
    head = new SequenceHead(model().backbone(), 1);
  }

  /**
   * Loads a multiple-choice model with {@linkplain LoadOptions#defaults default options}.
   *
   * @param folder a folder that holds config.json, weights and tokenizer.json
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the checkpoint has
   *     another head
   * @throws IllegalArgumentException if the folder is null
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static MultipleChoice load(Path folder) {
    return load(folder, LoadOptions.defaults());
  }

  /**
   * Loads a multiple-choice model.
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
  public static MultipleChoice load(Path folder, LoadOptions options) {
    return TaskModel.load(folder, Task.MULTIPLE_CHOICE, options, MultipleChoice::new);
  }

  /**
   * Loads a multiple-choice model by name with {@linkplain LoadOptions#defaults default options};
   * see {@link Models#locate(String)}.
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
  public static MultipleChoice load(String nameOrFolder) {
    return load(nameOrFolder, LoadOptions.defaults());
  }

  /**
   * Loads a multiple-choice model by name; see {@link Models#locate(String)}.
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
  public static MultipleChoice load(String nameOrFolder, LoadOptions options) {
    return load(Models.locate(nameOrFolder), options);
  }

  /**
   * Scores how well each choice continues a text, with {@linkplain ChoiceOptions#defaults default
   * options}.
   *
   * @param prompt the text, such as a story or a question
   * @param choices its possible continuations; at least one
   * @return all choices, best first; equal scores keep the order of the choices
   * @throws IllegalArgumentException if an argument or a choice is null, or there are no choices
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<Choice> choose(String prompt, List<String> choices) {
    return choose(new ChoiceQuestion(prompt, choices), ChoiceOptions.defaults());
  }

  /**
   * Scores how well each choice continues a text.
   *
   * @param question a text and its possible continuations
   * @param options truncation
   * @return all choices, best first; equal scores keep the order of the choices
   * @throws IllegalArgumentException if an argument, a text or a choice is null, the question has
   *     no choices, the options do not fit the model, or a pair of prompt and choice is too long
   *     and the options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<Choice> choose(ChoiceQuestion question, ChoiceOptions options) {
    return model().one("question", question, prepare(options), options.reading());
  }

  /**
   * Scores the choices of several questions with {@linkplain ChoiceOptions#defaults default
   * options}.
   *
   * @param questions texts and their possible continuations
   * @return the choices of each question, best first, in the order of the questions
   * @throws IllegalArgumentException if the list, a question, a text or a choice is null, or a
   *     question has no choices
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<List<Choice>> choose(List<ChoiceQuestion> questions) {
    return choose(questions, ChoiceOptions.defaults());
  }

  /**
   * Scores the choices of several questions.
   *
   * @param questions texts and their possible continuations
   * @param options truncation
   * @return the choices of each question, best first, in the order of the questions
   * @throws IllegalArgumentException if an argument, a text or a choice is null, a question has no
   *     choices, the options do not fit the model, or a pair of prompt and choice is too long and
   *     the options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<List<Choice>> choose(List<ChoiceQuestion> questions, ChoiceOptions options) {
    return model().list("questions", questions, prepare(options), options.reading());
  }

  /**
   * Scores the choices of a stream of questions.
   *
   * <p>Questions are taken from the stream in groups of some batches while the result is read, so
   * memory does not grow with their number; exceptions that concern a question are thrown then.
   * Read the result to its end or close it, which also closes the given stream.
   *
   * @param questions texts and their possible continuations
   * @param options truncation
   * @return the choices of each question, best first, in the order of the questions
   * @throws IllegalArgumentException if an argument, a text or a choice is null, a question has no
   *     choices, the options do not fit the model, or a pair of prompt and choice is too long and
   *     the options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
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

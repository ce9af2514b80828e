package io.github.modernbert;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.tasks.AnswerFinder;
import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.LogitsHead;
import io.github.modernbert.tasks.Request;
import io.github.modernbert.tokenizer.Encoding;
import io.github.modernbert.tokenizer.Truncation;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Finds the part of a text that answers a question (extractive question answering), with a
 * checkpoint of {@code ModernBertForQuestionAnswering}, as the question answering pipeline of
 * transformers 4 did. A context of any length is read in windows that overlap.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="answer"}
 *
 * <p>Offsets are UTF-16 indices into the caller's context. The questions of a call are computed in
 * batches that the library forms; the bits of a result do not depend on them. Immutable and safe
 * for use by several threads; see {@link TaskModel}.
 */
public final class QuestionAnswerer extends TaskModel {
  /** Logits of start and end. */
  private static final int OUTPUTS = 2;

  /** Windows are no longer than this, and share no more than this, unless options say so. */
  private static final int WINDOW = 384;

  private static final int STRIDE = 128;

  private final LogitsHead head;
  private final int clsId;

  QuestionAnswerer(Loaded loaded) {
    super(loaded);
    head = LogitsHead.classifier(model().backbone(), OUTPUTS);
    clsId = model().tokenizer().specialId("cls_token").orElse(-1);
  }

  /**
   * Loads a model for extractive question answering with {@linkplain LoadOptions#defaults default
   * options}.
   *
   * @param folder a folder that holds config.json, weights and tokenizer.json
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the checkpoint has
   *     another head
   * @throws IllegalArgumentException if the folder is null
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static QuestionAnswerer load(Path folder) {
    return load(folder, LoadOptions.defaults());
  }

  /**
   * Loads a model for extractive question answering.
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
  public static QuestionAnswerer load(Path folder, LoadOptions options) {
    return TaskModel.load(folder, Task.QUESTION_ANSWERING, options, QuestionAnswerer::new);
  }

  /**
   * Loads a model for extractive question answering by name with {@linkplain LoadOptions#defaults
   * default options}; see {@link Models#locate(String)}.
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
  public static QuestionAnswerer load(String nameOrFolder) {
    return load(nameOrFolder, LoadOptions.defaults());
  }

  /**
   * Loads a model for extractive question answering by name; see {@link Models#locate(String)}.
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
  public static QuestionAnswerer load(String nameOrFolder, LoadOptions options) {
    return load(Models.locate(nameOrFolder), options);
  }

  /**
   * Finds the best answer to a question with {@linkplain AnswerOptions#defaults default options}.
   *
   * @param question not empty
   * @param context the text that may hold an answer; not empty, of any length
   * @return one answer
   * @throws IllegalArgumentException if an argument is null or empty, or the question leaves no
   *     room for the context in a window
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<Answer> answer(String question, String context) {
    return answer(question, context, AnswerOptions.defaults());
  }

  /**
   * Finds the best answers to a question.
   *
   * @param question not empty
   * @param context the text that may hold an answer; not empty, of any length
   * @param options number and length of answers, windows, and whether there may be no answer
   * @return the answers, best first; fewer than asked for if there are not so many
   * @throws IllegalArgumentException if an argument is null, question or context are empty, the
   *     options do not fit the model, or the question leaves no room for the context in a window
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<Answer> answer(String question, String context, AnswerOptions options) {
    return model()
        .one(
            "question",
            new TextPair(
                Arguments.notNull(question, "question"), Arguments.notNull(context, "context")),
            prepare(options),
            options.reading());
  }

  /**
   * Finds the best answer to each of several questions with {@linkplain AnswerOptions#defaults
   * default options}.
   *
   * @param questions question and context of each
   * @return one answer to each question, in the order of the questions
   * @throws IllegalArgumentException if the list or a pair is null, question or context are empty,
   *     or a question leaves no room for its context in a window
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<List<Answer>> answer(List<TextPair> questions) {
    return answer(questions, AnswerOptions.defaults());
  }

  /**
   * Finds the best answers to each of several questions.
   *
   * @param questions question and context of each
   * @param options number and length of answers, windows, and whether there may be no answer
   * @return the answers to each question, best first, in the order of the questions
   * @throws IllegalArgumentException if an argument or a pair is null, question or context are
   *     empty, the options do not fit the model, or a question leaves no room for its context in a
   *     window
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<List<Answer>> answer(List<TextPair> questions, AnswerOptions options) {
    return model().list("questions", questions, prepare(options), options.reading());
  }

  /**
   * Finds the best answers to each question of a stream.
   *
   * <p>Questions are taken from the stream in groups of some batches while the result is read, so
   * memory does not grow with their number; exceptions that concern a question are thrown then.
   * Read the result to its end or close it, which also closes the given stream.
   *
   * @param questions question and context of each
   * @param options number and length of answers, windows, and whether there may be no answer
   * @return the answers to each question, best first, in the order of the questions
   * @throws IllegalArgumentException if an argument or a pair is null, question or context are
   *     empty, the options do not fit the model, or a question leaves no room for its context in a
   *     window
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Stream<List<Answer>> answer(Stream<TextPair> questions, AnswerOptions options) {
    return model().stream("questions", questions, prepare(options), options.reading());
  }

  private Function<TextPair, Request<float[][], List<Answer>>> prepare(AnswerOptions options) {
    AnswerOptions sized =
        Arguments.notNull(options, "options").reading().maxLength().isPresent()
            ? options
            : options.maxLength(Math.min(model().maxLength(), WINDOW));
    int length = model().maxLength(sized.reading(), 2);
    int stride = options.stride().orElse(Math.min(length / 2, STRIDE));
    return pair -> new Windows(pair, length, stride, options);
  }

  /** A question with its context in one window or several. */
  private final class Windows implements Request<float[][], List<Answer>> {
    private final String context;
    private final AnswerOptions options;
    private final List<Encoding> windows;

    Windows(TextPair pair, int length, int stride, AnswerOptions options) {
      this.context = notEmpty(pair.second(), "context");
      this.options = options;
      this.windows =
          model()
              .tokenizer(options.reading())
              .windows(
                  notEmpty(pair.first(), "question"),
                  context,
                  length,
                  stride,
                  Truncation.Strategy.ONLY_SECOND);
    }

    private static String notEmpty(String text, String name) {
      if (Arguments.notNull(text, name).isEmpty()) {
        throw new IllegalArgumentException(name + " is empty");
      }
      return text;
    }

    @Override
    public List<int[]> sequences() {
      return windows.stream().map(Encoding::ids).toList();
    }

    @Override
    public float[][] read(int sequence, Matrix hidden) {
      return head.logits(hidden);
    }

    @Override
    public List<Answer> result(List<float[][]> logits) {
      var settings =
          new AnswerFinder.Settings(
              options.topK(),
              options.maxAnswerLength(),
              options.noAnswer(),
              options.alignToWords());
      var finder = new AnswerFinder(context, settings, clsId);
      for (int i = 0; i < windows.size(); i++) {
        finder.add(windows.get(i), logits.get(i));
      }
      return finder.answers().stream()
          .map(part -> new Answer(part.text(), part.score(), part.start(), part.end()))
          .toList();
    }
  }

  @Override
  String steps() {
    return "for each token: " + head.steps() + ", softmax over the context";
  }

  @Override
  Set<String> headTensors() {
    return head.tensors();
  }
}

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
 * <p>Offsets are UTF-16 indices into the caller's context. Questions of a call are computed
 * together in batches that are formed inside; results have the same bits whatever is computed with
 * them. Immutable and safe for use by several threads; see {@link TaskModel}.
 */
public final class QuestionAnswerer extends TaskModel {
  /** Logits of start and end. */
  private static final int OUTPUTS = 2;

  /** Windows are no longer than this, and share no more than this, unless options say so. */
  private static final int WINDOW = 384;

  private static final int STRIDE = 128;

  private final LogitsHead head;
  private final int clsId;

  private QuestionAnswerer(Loaded loaded) {
    super(loaded);
    head = LogitsHead.classifier(model().backbone(), OUTPUTS);
    clsId = model().tokenizer().specialId("cls_token").orElse(-1);
  }

  /** Like {@link #load(Path, LoadOptions)} with the default options. */
  public static QuestionAnswerer load(Path folder) {
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
  public static QuestionAnswerer load(Path folder, LoadOptions options) {
    return TaskModel.load(folder, Task.QUESTION_ANSWERING, options, QuestionAnswerer::new);
  }

  /** Like {@link #load(String, LoadOptions)} with the default options. */
  public static QuestionAnswerer load(String nameOrFolder) {
    return load(nameOrFolder, LoadOptions.defaults());
  }

  /**
   * Loads a folder, or a model by its name, such as {@code organisation/name}; see {@link
   * Models#locate(String)}.
   *
   * @throws IllegalArgumentException if there is neither, or as {@link #load(Path, LoadOptions)},
   *     whose other exceptions it has too
   */
  public static QuestionAnswerer load(String nameOrFolder, LoadOptions options) {
    return load(Models.locate(nameOrFolder), options);
  }

  /**
   * The best answer to a question, with the default options: see {@link #answer(String, String,
   * AnswerOptions)}, whose exceptions it has.
   */
  public List<Answer> answer(String question, String context) {
    return answer(question, context, AnswerOptions.defaults());
  }

  /**
   * The best answers to a question.
   *
   * @param question not empty
   * @param context the text that may hold an answer; not empty
   * @return best first; fewer than asked for if there are not so many
   * @throws IllegalArgumentException if question or context are null or empty, the options do not
   *     fit the model, or the question leaves no room for the context in a window
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
   * The best answers to questions, with the default options: see {@link #answer(List,
   * AnswerOptions)}, whose exceptions it has.
   */
  public List<List<Answer>> answer(List<TextPair> questions) {
    return answer(questions, AnswerOptions.defaults());
  }

  /**
   * The best answers to questions, in their order.
   *
   * @param questions question and context of each
   * @throws IllegalArgumentException as {@link #answer(String, String, AnswerOptions)}, whose other
   *     exceptions it has too
   */
  public List<List<Answer>> answer(List<TextPair> questions, AnswerOptions options) {
    return model().list("questions", questions, prepare(options), options.reading());
  }

  /**
   * The best answers to questions as they come, in their order. Questions are taken from the stream
   * in groups of some batches, when the result is asked for them.
   *
   * @param questions question and context of each
   * @throws IllegalArgumentException as {@link #answer(String, String, AnswerOptions)}, whose other
   *     exceptions it has too; some only when the result is read
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

package io.github.modernbert;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.EntityGrouper;
import io.github.modernbert.tasks.LoadedModel;
import io.github.modernbert.tasks.LogitsHead;
import io.github.modernbert.tasks.Request;
import io.github.modernbert.tasks.TextTokenizer;
import io.github.modernbert.tasks.TokenWindows;
import io.github.modernbert.tokenizer.Encoding;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Finds entities in texts (named entity recognition) or labels each token (such as parts of
 * speech), with a checkpoint of {@code ModernBertForTokenClassification}, as the token
 * classification pipeline of transformers does.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="entities"}
 *
 * <p>Texts of any length are read whole; those that are longer than the model takes are read in
 * windows, see {@link TokenClassifyOptions#windows}. Offsets are UTF-16 indices into the caller's
 * text. The first token of a word includes the space before it, and so does an entity. The texts of
 * a call are computed in batches that the library forms; the bits of a result do not depend on
 * them. Immutable and safe for use by several threads; see {@link TaskModel}.
 */
public final class TokenClassifier extends TaskModel {
  /** Tokens that windows share unless options say otherwise, or half a window if that is less. */
  private static final int SHARED = 128;

  private final LogitsHead head;

  TokenClassifier(Loaded loaded) {
    super(loaded);
    head = LogitsHead.classifier(model().backbone(), model().config().numLabels());
  }

  /**
   * Loads a token classifier with {@linkplain LoadOptions#defaults default options}.
   *
   * @param folder a folder that holds config.json, weights and tokenizer.json
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the checkpoint has
   *     another head
   * @throws IllegalArgumentException if the folder is null
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static TokenClassifier load(Path folder) {
    return load(folder, LoadOptions.defaults());
  }

  /**
   * Loads a token classifier.
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
  public static TokenClassifier load(Path folder, LoadOptions options) {
    return TaskModel.load(folder, Task.TOKEN_CLASSIFICATION, options, TokenClassifier::new);
  }

  /**
   * Loads a token classifier by name with {@linkplain LoadOptions#defaults default options}; see
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
  public static TokenClassifier load(String nameOrFolder) {
    return load(nameOrFolder, LoadOptions.defaults());
  }

  /**
   * Loads a token classifier by name; see {@link Models#locate(String)}.
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
  public static TokenClassifier load(String nameOrFolder, LoadOptions options) {
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
   * Finds the entities of a text with {@linkplain TokenClassifyOptions#defaults default options}.
   *
   * @param text any text, which may be empty
   * @return the entities, in the order of the text
   * @throws IllegalArgumentException if the text is null
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Entities classify(String text) {
    return classify(text, TokenClassifyOptions.defaults());
  }

  /**
   * Finds the entities of a text.
   *
   * @param text any text, which may be empty
   * @param options aggregation, labels to leave out, windows and truncation
   * @return the entities, in the order of the text
   * @throws IllegalArgumentException if an argument is null, the options do not fit the model or
   *     each other, or the text is too long and the options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Entities classify(String text, TokenClassifyOptions options) {
    return model().one("text", text, prepare(options), options.reading());
  }

  /**
   * Finds the entities of texts with {@linkplain TokenClassifyOptions#defaults default options}.
   *
   * @param texts any number of texts
   * @return the entities of each text, in the order of the texts
   * @throws IllegalArgumentException if the list or a text is null
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<Entities> classify(List<String> texts) {
    return classify(texts, TokenClassifyOptions.defaults());
  }

  /**
   * Finds the entities of texts.
   *
   * @param texts any number of texts
   * @param options aggregation, labels to leave out, windows and truncation
   * @return the entities of each text, in the order of the texts
   * @throws IllegalArgumentException if an argument or a text is null, the options do not fit the
   *     model or each other, or a text is too long and the options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<Entities> classify(List<String> texts, TokenClassifyOptions options) {
    return model().list("texts", texts, prepare(options), options.reading());
  }

  /**
   * Finds the entities of a stream of texts.
   *
   * <p>Texts are taken from the stream in groups of some batches while the result is read, so
   * memory does not grow with their number; exceptions that concern a text are thrown then. Read
   * the result to its end or close it, which also closes the given stream.
   *
   * @param texts any number of texts
   * @param options aggregation, labels to leave out, windows and truncation
   * @return the entities of each text, in the order of the texts
   * @throws IllegalArgumentException if an argument or a text is null, the options do not fit the
   *     model or each other, or a text is too long and the options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Stream<Entities> classify(Stream<String> texts, TokenClassifyOptions options) {
    return model().stream("texts", texts, prepare(options), options.reading());
  }

  /**
   * Finds the entities of a text that is given as words, with {@linkplain
   * TokenClassifyOptions#defaults default options}; see {@link #classifyWords(List,
   * TokenClassifyOptions)}.
   *
   * @param words at least one word; each is tokenized by itself
   * @return the entities, in the order of the text
   * @throws IllegalArgumentException if the list or a word is null, or there are no words
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public WordEntities classifyWords(List<String> words) {
    return classifyWords(words, TokenClassifyOptions.defaults());
  }

  /**
   * Finds the entities of a text that is given as words, as the pipeline of transformers does with
   * {@code is_split_into_words}. For the words {@code "Anna", "lives", "in", "New", "York"} the
   * entity {@code LOC} has first word 3 and last word 4.
   *
   * @param words at least one word; each is tokenized by itself
   * @param options aggregation, labels to leave out, windows and truncation
   * @return the entities, in the order of the text
   * @throws IllegalArgumentException if an argument or a word is null, there are no words, the
   *     options do not fit the model or each other, or the text is too long and the options refuse
   *     that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public WordEntities classifyWords(List<String> words, TokenClassifyOptions options) {
    return model().one("words", words, prepareWords(options), options.reading());
  }

  /**
   * Finds the entities of texts that are given as words; see {@link #classifyWords(List,
   * TokenClassifyOptions)}.
   *
   * @param texts any number of lists of words; each has at least one word
   * @param options aggregation, labels to leave out, windows and truncation
   * @return the entities of each text, in the order of the texts
   * @throws IllegalArgumentException if an argument, a text or a word is null, there are no words
   *     in a text, the options do not fit the model or each other, or a text is too long and the
   *     options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<WordEntities> classifyWordLists(
      List<List<String>> texts, TokenClassifyOptions options) {
    return model().list("texts", texts, prepareWords(options), options.reading());
  }

  /**
   * Finds the entities of a stream of texts that are given as words; see {@link
   * #classifyWords(List, TokenClassifyOptions)}.
   *
   * <p>Texts are taken from the stream in groups of some batches while the result is read, so
   * memory does not grow with their number; exceptions that concern a text are thrown then. Read
   * the result to its end or close it, which also closes the given stream.
   *
   * @param texts any number of lists of words; each has at least one word
   * @param options aggregation, labels to leave out, windows and truncation
   * @return the entities of each text, in the order of the texts
   * @throws IllegalArgumentException if an argument, a text or a word is null, there are no words
   *     in a text, the options do not fit the model or each other, or a text is too long and the
   *     options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Stream<WordEntities> classifyWordLists(
      Stream<List<String>> texts, TokenClassifyOptions options) {
    return model().stream("texts", texts, prepareWords(options), options.reading());
  }

  private Function<String, Request<List<EntityGrouper.Token>, Entities>> prepare(
      TokenClassifyOptions options) {
    var call = new Call(options);
    return text ->
        call.request(
            TokenWindows.of(text, call.length, call.stride, call.tokenizer),
            (windows, spans, truncated) ->
                new Entities(
                    spans.stream().map(span -> entity(windows, span)).toList(),
                    windows.tokens(),
                    truncated));
  }

  private Function<List<String>, Request<List<EntityGrouper.Token>, WordEntities>> prepareWords(
      TokenClassifyOptions options) {
    var call = new Call(options);
    return words ->
        call.request(
            TokenWindows.of(
                Arguments.notEmpty(words, "words"), call.length, call.stride, call.tokenizer),
            (windows, spans, truncated) ->
                new WordEntities(
                    spans.stream().map(span -> wordEntity(windows, span)).toList(),
                    windows.tokens(),
                    truncated));
  }

  private static Entity entity(TokenWindows windows, EntityGrouper.Span span) {
    return new Entity(
        span.label(),
        span.score(),
        span.start(),
        span.end(),
        windows.part(span.start(), span.end()));
  }

  private static WordEntity wordEntity(TokenWindows windows, EntityGrouper.Span span) {
    int first = windows.wordAt(span.start());
    int last = windows.wordAt(Math.max(span.start(), span.end() - 1));
    return new WordEntity(
        span.label(), span.score(), first, last, windows.part(span.start(), span.end()));
  }

  /** Makes the result of a text from its labelled spans. */
  @FunctionalInterface
  private interface Finish<R> {
    R apply(TokenWindows windows, List<EntityGrouper.Span> spans, boolean truncated);
  }

  /** The options of a call, checked against the model. */
  private final class Call {
    private final TokenClassifyOptions options;
    private final TextTokenizer tokenizer;
    private final int length;

    /** How many tokens windows share; if empty, there is one window. */
    private final OptionalInt stride;

    Call(TokenClassifyOptions options) {
      this.options = Arguments.notNull(options, "options");
      this.tokenizer = model().tokenizer(options.reading());
      this.length = model().maxLength(options.reading(), 1);
      if (options.stride().isPresent() && options.aggregation() == Aggregation.NONE) {
        throw new IllegalArgumentException(
            "stride: tokens of several windows can only be put together as entities, not with"
                + " aggregation NONE");
      }
      int room = length - tokenizer.specialTokens(1);
      if (options.stride().orElse(-1) >= room) {
        throw new IllegalArgumentException(
            "stride must be less than the %d tokens that a window has room for, found %d"
                .formatted(room, options.stride().getAsInt()));
      }
      boolean inWindows = options.windows() && options.reading().truncate() && room > 0;
      this.stride =
          options.stride().isEmpty() && inWindows
              ? OptionalInt.of(Math.min(room / 2, SHARED))
              : options.stride();
    }

    <R> Request<List<EntityGrouper.Token>, R> request(TokenWindows windows, Finish<R> finish) {
      if (stride.isEmpty()) {
        LoadedModel.requireWhole(windows.encodings().getFirst(), length, options.reading());
      }
      return new Request<>() {
        @Override
        public List<int[]> sequences() {
          return windows.encodings().stream().map(Encoding::ids).toList();
        }

        @Override
        public List<EntityGrouper.Token> read(int sequence, Matrix hidden) {
          return windows.labelled(sequence, head.logits(hidden));
        }

        @Override
        public R result(List<List<EntityGrouper.Token>> labelled) {
          boolean truncated = stride.isEmpty() && windows.encodings().getFirst().isTruncated();
          return finish.apply(windows, spans(windows, labelled), truncated);
        }
      };
    }

    private List<EntityGrouper.Span> spans(
        TokenWindows windows, List<List<EntityGrouper.Token>> labelled) {
      EntityGrouper grouper = options.aggregation().grouper(labels());
      boolean apart = options.stride().isPresent() && labelled.size() > 1;
      List<List<EntityGrouper.Token>> parts = apart ? labelled : List.of(windows.joined(labelled));
      List<EntityGrouper.Span> spans =
          parts.stream()
              .flatMap(tokens -> grouper.group(tokens).stream())
              .filter(span -> options.keeps(span.label()))
              .toList();
      return apart ? EntityGrouper.withoutOverlaps(spans) : spans;
    }
  }

  @Override
  String steps() {
    return "for each token: " + head.steps() + ", softmax";
  }

  @Override
  Set<String> headTensors() {
    return head.tensors();
  }
}

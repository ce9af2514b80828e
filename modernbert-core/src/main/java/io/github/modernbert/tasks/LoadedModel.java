package io.github.modernbert.tasks;

import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.tokenizer.Encoding;
import io.github.modernbert.weights.Prompts;
import io.github.modernbert.weights.SentenceTransformersFolder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * What the classes of all tasks are built on: a folder's settings, the loaded encoder and
 * tokenizer, and the way of a call's inputs through them.
 */
public final class LoadedModel implements AutoCloseable {
  private final SentenceTransformersFolder settings;
  private final TextTokenizer tokenizer;
  private final Backbone backbone;
  private final BatchRunner runner;

  /**
   * Puts the parts of a model together.
   *
   * @param backbone the encoder, which this closes
   * @param tokenBudget tokens that are computed together at most, unless a sequence is longer
   */
  public LoadedModel(
      SentenceTransformersFolder settings,
      TextTokenizer tokenizer,
      Backbone backbone,
      int tokenBudget) {
    this.settings = settings;
    this.tokenizer = tokenizer;
    this.backbone = backbone;
    this.runner = new BatchRunner(backbone, tokenBudget);
  }

  public SentenceTransformersFolder settings() {
    return settings;
  }

  public ModernBertConfig config() {
    return settings.config();
  }

  public TextTokenizer tokenizer() {
    return tokenizer;
  }

  public Backbone backbone() {
    return backbone;
  }

  /** How many tokens are read unless options say otherwise, special ones included. */
  public int maxLength() {
    return Math.min(settings.maxSeqLength(), config().maxPositionEmbeddings());
  }

  /**
   * How many tokens a call reads of an input.
   *
   * @param texts how many texts an input consists of: 1, or 2 for pairs
   * @throws IllegalArgumentException if the options do not fit the model
   * @throws ModelFileException if no text fits the model
   */
  public int maxLength(ReadOptions options, int texts) {
    int length = options.maxLength().orElse(maxLength());
    int limit = config().maxPositionEmbeddings();
    if (length > limit) {
      throw new IllegalArgumentException(
          "maxLength: the model takes at most %d tokens, found %d".formatted(limit, length));
    }
    int special = tokenizer.specialTokens(texts);
    if (length < special && options.maxLength().isEmpty()) {
      throw new ModelFileException(
          backbone.folder(),
          "the special tokens alone are %d, but the model takes at most %d tokens"
              .formatted(special, length));
    }
    if (length < special) {
      throw new IllegalArgumentException(
          "maxLength: the special tokens alone are %d, found %d".formatted(special, length));
    }
    return length;
  }

  /**
   * The tokens of a text or, if second is not null, a pair, of which the longer text is cut first.
   *
   * @throws IllegalArgumentException if there are more than allowed and the options say to refuse
   *     that
   */
  public Encoding encode(
      String first, @Nullable String second, int maxLength, ReadOptions options) {
    TextTokenizer cutting =
        options.truncationSide().map(tokenizer::withTruncationSide).orElse(tokenizer);
    Encoding encoding = cutting.encode(first, second, maxLength);
    requireWhole(encoding, maxLength, options);
    return encoding;
  }

  /** Refuses an input that was cut if the options say so. */
  public static void requireWhole(Encoding encoding, int maxLength, ReadOptions options) {
    if (encoding.isTruncated() && !options.truncate()) {
      throw new IllegalArgumentException(
          "%d tokens, at most %d are taken".formatted(encoding.fullLength(), maxLength));
    }
  }

  /**
   * What is put before each text: the given text, or the model's prompt of that name or its default
   * one.
   *
   * @throws IllegalArgumentException if the model has no prompt of that name
   */
  public String prompt(Optional<String> name, Optional<String> text) {
    if (text.isPresent()) {
      return text.get();
    }
    Prompts prompts = settings.prompts();
    String chosen = name.or(prompts::defaultName).orElse(null);
    if (chosen == null) {
      return "";
    }
    String prompt = prompts.byName().get(chosen);
    if (prompt == null) {
      throw new IllegalArgumentException(
          "the model has no prompt '%s'; it has %s".formatted(chosen, prompts.byName().keySet()));
    }
    return prompt;
  }

  /**
   * The results of inputs, one by one, computed in groups when they are asked for.
   *
   * @param name what messages call the list of inputs
   * @param prepare tokenises an input; called by the workers
   */
  public <T, S, R> Iterator<R> run(
      String name, Inputs<T> inputs, Function<T, Request<S, R>> prepare, ReadOptions options) {
    return start(index -> name + "[" + index + "]", inputs, prepare, options);
  }

  private <T, S, R> Iterator<R> start(
      LongFunction<String> name,
      Inputs<T> inputs,
      Function<T, Request<S, R>> prepare,
      ReadOptions options) {
    return new Pipeline<>(backbone, runner, name, inputs, prepare, options.progress());
  }

  /** The results of a list, in its order. */
  public <T, S, R> List<R> list(
      String name,
      List<? extends T> inputs,
      Function<T, Request<S, R>> prepare,
      ReadOptions options) {
    var results = new ArrayList<R>();
    run(name, Inputs.of(Arguments.notNull(inputs, name)), prepare, options)
        .forEachRemaining(results::add);
    return List.copyOf(results);
  }

  /** The result of one input. */
  public <T, S, R> R one(
      String name, T input, Function<T, Request<S, R>> prepare, ReadOptions options) {
    var inputs = Inputs.<T>of(List.of(Arguments.notNull(input, name)));
    return start(index -> name, inputs, prepare, options).next();
  }

  /** The results of a stream, in its order, as they are asked for. */
  public <T, S, R> Stream<R> stream(
      String name,
      Stream<? extends T> inputs,
      Function<T, Request<S, R>> prepare,
      ReadOptions options) {
    Arguments.notNull(inputs, name);
    return stream(run(name, Inputs.of(inputs), prepare, options)).onClose(inputs::close);
  }

  /** A stream of results that are computed as they are asked for. */
  public static <R> Stream<R> stream(Iterator<R> results) {
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(
            results, Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE),
        false);
  }

  /** Frees the native memory as soon as calls that are under way have ended. */
  @Override
  public void close() {
    backbone.close();
  }
}

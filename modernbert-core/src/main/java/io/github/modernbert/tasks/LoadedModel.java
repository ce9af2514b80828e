package io.github.modernbert.tasks;

import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.encoder.LayerObserver;
import io.github.modernbert.encoder.PackedBatch;
import io.github.modernbert.events.Recorder;
import io.github.modernbert.events.TruncationEvent;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.tokenizer.Encoding;
import io.github.modernbert.weights.Prompts;
import io.github.modernbert.weights.SentenceTransformersFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A loaded model as the classes of all tasks use it: the settings of its folder, tokenizer and
 * encoder. Runs the inputs of a call through them.
 */
public final class LoadedModel implements AutoCloseable {
  private static final int LONGEST_OF_WARM_UP = 512;

  /** By then C2 has compiled what a batch goes through. */
  private static final int ROUNDS_OF_WARM_UP = 30;

  /** A large model, whose loops are long, needs fewer rounds. */
  private static final long NANOS_OF_WARM_UP = 2_000_000_000;

  private static final String TEXT_OF_WARM_UP =
      "A text with words, numbers such as 1234, and some punctuation: it warms the tokenizer up.";

  private final SentenceTransformersFolder settings;
  private final TextTokenizer tokenizer;
  private final Backbone backbone;
  private final BatchScheduler scheduler;

  /**
   * Puts the parts of a model together.
   *
   * @param backbone the encoder, which this closes
   * @param tokenBudget tokens that are computed together at most, unless a sequence is longer
   * @param batches hears of each batch
   */
  public LoadedModel(
      SentenceTransformersFolder settings,
      TextTokenizer tokenizer,
      Backbone backbone,
      int tokenBudget,
      BatchScheduler.BatchListener batches) {
    this.settings = settings;
    this.tokenizer = tokenizer;
    this.backbone = backbone;
    this.scheduler = new BatchScheduler(backbone, tokenBudget, batches);
  }

  public SentenceTransformersFolder settings() {
    return settings;
  }

  public ModernBertConfig config() {
    return backbone.config();
  }

  public TextTokenizer tokenizer() {
    return tokenizer;
  }

  public Backbone backbone() {
    return backbone;
  }

  /** How many calls wait for the batches of others. */
  public int waitingCalls() {
    return scheduler.waiting();
  }

  /** How many tokens are read unless options say otherwise, special ones included. */
  public int maxLength() {
    return settings.maxSeqLength();
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
    int limit = backbone.maxPositions();
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

  /** The tokenizer that reads texts as the options say. */
  public TextTokenizer tokenizer(ReadOptions options) {
    return tokenizer.with(options);
  }

  /**
   * The tokens of a text or, if second is not null, a pair, of which the longer text is cut first.
   *
   * @throws IllegalArgumentException if there are more than allowed and the options say to refuse
   *     that
   */
  public Encoding encode(
      String first, @Nullable String second, int maxLength, ReadOptions options) {
    Encoding encoding = tokenizer(options).encode(first, second, maxLength);
    requireWhole(encoding, maxLength, options);
    return encoding;
  }

  /** Refuses an input that was cut if the options say so, or else notes that it was. */
  public static void requireWhole(Encoding encoding, int maxLength, ReadOptions options) {
    if (encoding.isTruncated() && !options.truncate()) {
      throw new IllegalArgumentException(
          "%d tokens, at most %d are taken".formatted(encoding.fullLength(), maxLength));
    }
    if (encoding.isTruncated() && Recorder.isInUse()) {
      new TruncationEvent(encoding.fullLength(), maxLength).commit();
    }
  }

  /**
   * The prompt that is put before each text.
   *
   * @throws IllegalArgumentException if the model has no prompt of that name
   */
  public String prompt(PromptChoice choice) {
    if (choice.text().isPresent()) {
      return choice.text().get();
    }
    Prompts prompts = settings.prompts();
    String chosen = choice.name().or(prompts::defaultName).orElse(null);
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

  private <T, S, R> Pipeline<T, S, R> pipeline(
      LongFunction<String> name,
      Inputs<T> inputs,
      Function<T, Request<S, R>> prepare,
      ReadOptions options) {
    return new Pipeline<>(backbone, scheduler, name, inputs, prepare, options.progress());
  }

  private static LongFunction<String> element(String list) {
    return index -> list + "[" + index + "]";
  }

  /**
   * The results of a list, in its order.
   *
   * @param name what messages call the list
   * @param prepare tokenises an input; called by the workers
   */
  public <T, S, R> List<R> list(
      String name,
      List<? extends T> inputs,
      Function<T, Request<S, R>> prepare,
      ReadOptions options) {
    Inputs<T> all = Inputs.of(Arguments.notNull(inputs, name));
    try (Pipeline<T, S, R> pipeline = pipeline(element(name), all, prepare, options)) {
      var results = new ArrayList<R>();
      pipeline.forEachRemaining(results::add);
      return List.copyOf(results);
    }
  }

  /**
   * The result of one input.
   *
   * @param name what messages call the input
   */
  public <T, S, R> R one(
      String name, T input, Function<T, Request<S, R>> prepare, ReadOptions options) {
    var inputs = Inputs.<T>of(List.of(Arguments.notNull(input, name)));
    try (Pipeline<T, S, R> pipeline = pipeline(index -> name, inputs, prepare, options)) {
      return pipeline.next();
    }
  }

  /**
   * The results of a stream, in its order, as they are asked for.
   *
   * @param name what messages call the stream
   */
  public <T, S, R> Stream<R> stream(
      String name,
      Stream<? extends T> inputs,
      Function<T, Request<S, R>> prepare,
      ReadOptions options) {
    Inputs<T> all = Inputs.of(Arguments.notNull(inputs, name));
    Pipeline<T, S, R> pipeline = pipeline(element(name), all, prepare, options);
    pipeline.endWhenAbandoned();
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(
                pipeline, Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE),
            false)
        .onClose(pipeline::close)
        .onClose(inputs::close);
  }

  /** Computes made-up tokens until the JVM has compiled what computes them. */
  public void warmUp() {
    int longest = Math.min(maxLength(), LONGEST_OF_WARM_UP);
    long begin = System.nanoTime();
    for (int round = 0;
        round < ROUNDS_OF_WARM_UP && System.nanoTime() - begin < NANOS_OF_WARM_UP;
        round++) {
      for (int length = longest; length > 0; length /= 8) {
        // All tokens are the first of the vocabulary: what they are costs nothing.
        var batch = PackedBatch.of(new int[length]);
        backbone.encode(batch, LayerObserver.NONE, hidden -> hidden.rows());
      }
      tokenizer.tokenizer().count(TEXT_OF_WARM_UP, true);
    }
  }

  /** Refuses further calls; frees the native memory when those that have begun have ended. */
  @Override
  public void close() {
    backbone.close();
  }
}

package io.github.modernbert;

import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.kernels.KernelSelection;
import io.github.modernbert.tasks.BatchRunner;
import io.github.modernbert.tasks.TaskInput;
import io.github.modernbert.tasks.TaskRun;
import io.github.modernbert.tasks.TextTokenizer;
import io.github.modernbert.tokenizer.Encoding;
import io.github.modernbert.weights.ModernBertConfig;
import io.github.modernbert.weights.Prompts;
import io.github.modernbert.weights.SentenceTransformersFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * What the classes of all tasks are built on: a folder's settings, the loaded encoder and
 * tokenizer, and the way of a call's inputs through them.
 */
final class LoadedModel implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Models.class.getPackageName());

  private final String source;
  private final List<Task> tasks;
  private final SentenceTransformersFolder settings;
  private final TextTokenizer tokenizer;
  private final Backbone backbone;
  private final BatchRunner runner;
  private final WeightType weights;

  private LoadedModel(
      String source,
      Supplier<List<Task>> tasks,
      SentenceTransformersFolder settings,
      LoadOptions options) {
    this.source = source;
    this.settings = settings;
    tokenizer =
        TextTokenizer.load(
            settings.transformer(), settings.truncationSide(), settings.doLowerCase());
    this.tasks = tasks.get();
    backbone =
        new Backbone(
            settings.transformer(),
            settings.config(),
            KernelSelection.select(options.kernels()),
            options.formats(),
            options.threads());
    runner = new BatchRunner(backbone, options.tokenBudget());
    weights = options.weights();
  }

  /**
   * Loads the model of a task.
   *
   * @param create makes the task's class; if it fails, the model is closed
   * @throws io.github.modernbert.files.ModelFileException if the folder cannot be used, or its
   *     model is for other tasks
   */
  static <M> M load(Path folder, Task task, LoadOptions options, Function<LoadedModel, M> create) {
    Arguments.notNull(options, "options");
    ModelDescription description = Models.describe(folder);
    description.require(task);
    return load(
        folder.toString(),
        description::tasks,
        SentenceTransformersFolder.read(folder),
        options,
        create);
  }

  /** Loads a model of known settings. */
  static <M> M load(
      String source,
      SentenceTransformersFolder settings,
      LoadOptions options,
      Function<LoadedModel, M> create) {
    return load(
        source, () -> ModelDescription.read(settings.root()).tasks(), settings, options, create);
  }

  private static <M> M load(
      String source,
      Supplier<List<Task>> tasks,
      SentenceTransformersFolder settings,
      LoadOptions options,
      Function<LoadedModel, M> create) {
    var model = new LoadedModel(source, tasks, settings, options);
    try {
      return create.apply(model);
    } catch (Throwable e) {
      model.close();
      throw e;
    }
  }

  /** Logs a warning about the model. */
  void warn(String problem) {
    LOG.log(System.Logger.Level.WARNING, source + ": " + problem);
  }

  SentenceTransformersFolder settings() {
    return settings;
  }

  ModernBertConfig config() {
    return settings.config();
  }

  TextTokenizer tokenizer() {
    return tokenizer;
  }

  Backbone backbone() {
    return backbone;
  }

  /** How many tokens are read unless options say otherwise, special ones included. */
  int maxLength() {
    return Math.min(settings.maxSeqLength(), config().maxPositionEmbeddings());
  }

  /**
   * How many tokens a call reads of an input.
   *
   * @param texts how many texts an input consists of: 1, or 2 for pairs
   * @throws IllegalArgumentException if the options do not fit the model
   */
  int maxLength(TaskOptions<?> options, int texts) {
    int length = options.reading().maxLength().orElse(maxLength());
    int limit = config().maxPositionEmbeddings();
    if (length > limit) {
      throw new IllegalArgumentException(
          "maxLength: the model takes at most %d tokens, found %d".formatted(limit, length));
    }
    int special = tokenizer.specialTokens(texts);
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
  Encoding encode(String first, @Nullable String second, int maxLength, TaskOptions<?> options) {
    Encoding encoding = tokenizer.encode(first, second, maxLength);
    requireWhole(encoding, maxLength, options);
    return encoding;
  }

  /** Refuses an input that was cut if the options say so. */
  static void requireWhole(Encoding encoding, int maxLength, TaskOptions<?> options) {
    if (encoding.isTruncated() && !options.reading().truncate()) {
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
  String prompt(Optional<String> name, Optional<String> text) {
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
  <T, S, R> Iterator<R> run(
      String name,
      Iterator<? extends T> inputs,
      Function<T, TaskInput<S, R>> prepare,
      TaskOptions<?> options) {
    return start(index -> name + "[" + index + "]", inputs, prepare, options);
  }

  private <T, S, R> Iterator<R> start(
      LongFunction<String> name,
      Iterator<? extends T> inputs,
      Function<T, TaskInput<S, R>> prepare,
      TaskOptions<?> options) {
    return new TaskRun<>(
        backbone, runner, name, inputs, prepare, options.reading().progress()::done);
  }

  /** The results of a list, in its order. */
  <T, S, R> List<R> list(
      String name,
      List<? extends T> inputs,
      Function<T, TaskInput<S, R>> prepare,
      TaskOptions<?> options) {
    var results = new ArrayList<R>();
    run(name, Arguments.notNull(inputs, name).iterator(), prepare, options)
        .forEachRemaining(results::add);
    return List.copyOf(results);
  }

  /** The result of one input. */
  <T, S, R> R one(
      String name, T input, Function<T, TaskInput<S, R>> prepare, TaskOptions<?> options) {
    var inputs = List.of(Arguments.notNull(input, name));
    return start(index -> name, inputs.iterator(), prepare, options).next();
  }

  /** The results of a stream, in its order, as they are asked for. */
  <T, S, R> Stream<R> stream(
      String name,
      Stream<? extends T> inputs,
      Function<T, TaskInput<S, R>> prepare,
      TaskOptions<?> options) {
    Arguments.notNull(inputs, name);
    return stream(run(name, inputs.iterator(), prepare, options)).onClose(inputs::close);
  }

  /** A stream of results that are computed as they are asked for. */
  static <R> Stream<R> stream(Iterator<R> results) {
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(
            results, Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE),
        false);
  }

  /**
   * What the model is.
   *
   * @param steps what is done to the hidden states, in words
   * @param headTensors tensors that are used besides the encoder's
   */
  ModelInfo info(String steps, Set<String> headTensors) {
    var unused = new TreeSet<>(backbone.otherTensors());
    unused.removeAll(headTensors);
    return new ModelInfo(
        source,
        tasks,
        config(),
        backbone.parameters(),
        maxLength(),
        steps,
        settings.prompts().byName(),
        settings.prompts().defaultName(),
        unused,
        backbone.kernels().name(),
        backbone.pool().threads(),
        backbone.isQuantized() ? Precision.INT8 : Precision.FLOAT32,
        weights,
        backbone.weightBytes());
  }

  /** Frees the native memory as soon as calls that are under way have ended. */
  @Override
  public void close() {
    backbone.close();
  }
}

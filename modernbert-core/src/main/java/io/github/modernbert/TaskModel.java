package io.github.modernbert;

import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.events.ModelLoadEvent;
import io.github.modernbert.events.Recorder;
import io.github.modernbert.files.Json;
import io.github.modernbert.folders.ModelSource;
import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.Background;
import io.github.modernbert.tasks.LoadedModel;
import io.github.modernbert.tasks.TextTokenizer;
import io.github.modernbert.tokenizer.Tokenizer;
import io.github.modernbert.weights.Prompts;
import io.github.modernbert.weights.SentenceTransformersFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A loaded model that does one task. Immutable and safe for use by several threads, which share the
 * model's worker threads. Holds native memory until it is closed: the weights, and the activations
 * of the batches under way, which {@link LoadOptions#tokenBudget} bounds.
 *
 * <p>Results are finite. If weights that are NaN, infinite or too large lead to a result that is
 * not, the call ends with a {@link io.github.modernbert.files.ModelFileException} that names the
 * model and the input.
 *
 * <p>{@link Models#load} finds the right class for a folder.
 */
public abstract sealed class TaskModel implements AutoCloseable
    permits TextEmbedder,
        TextClassifier,
        ZeroShotClassifier,
        CrossEncoder,
        FillMask,
        SparseEncoder,
        ColBert,
        TokenClassifier,
        QuestionAnswerer,
        MultipleChoice {
  private final Loaded loaded;

  TaskModel(Loaded loaded) {
    this.loaded = loaded;
  }

  /**
   * A model that has been loaded, and from where and how.
   *
   * @param place the folder, or what the bundled model is called
   * @param tasks what can be done with it, what it was made for first
   */
  record Loaded(String place, List<Task> tasks, LoadOptions options, LoadedModel model) {}

  /**
   * Loads the model of a task.
   *
   * @param create makes the task's class; if it fails, the model is closed
   * @throws io.github.modernbert.files.ModelFileException if the folder cannot be used, or its
   *     model is for other tasks
   */
  static <M> M load(Path folder, Task task, LoadOptions options, Function<Loaded, M> create) {
    Arguments.notNull(options, "options").beginToLoad();
    try (var source = ModelSource.of(Arguments.notNull(folder, "folder"))) {
      return load(source, task, options, create);
    }
  }

  /** Loads the model of a task; see {@link #load(Path, Task, LoadOptions, Function)}. */
  static <M> M load(
      ModelSource source, Task task, LoadOptions options, Function<Loaded, M> create) {
    return load(
        source,
        files -> {
          ModelDescription description = ModelDescription.read(files);
          description.require(task);
          return new Description(
              SentenceTransformersFolder.read(files, Models::locate), description::tasks);
        },
        options,
        create);
  }

  /**
   * What the small files of a folder say.
   *
   * @param tasks asked for once the tokenizer is loaded, so that a folder that has neither
   *     tokenizer nor weights is told of the tokenizer first
   */
  record Description(SentenceTransformersFolder settings, Supplier<List<Task>> tasks) {}

  /**
   * Loads a model: the tokenizer in a thread of its own, meanwhile the settings, and once they are
   * known the encoder in another one. Of several problems that of the settings is told, else that
   * of the tokenizer.
   *
   * @param describe reads the small files of the folder, and refuses what is for other tasks
   */
  static <M> M load(
      ModelSource source,
      Function<Path, Description> describe,
      LoadOptions options,
      Function<Loaded, M> create) {
    return source.read(folder -> {
      Background<Tokenizer> tokenizer =
          Background.start("modernbert-tokenizer", () -> Tokenizer.load(folder));
      Description description;
      try {
        description = describe.apply(folder);
      } catch (Throwable e) {
        tokenizer.giveUp(e);
        throw e;
      }
      Path place = description.settings().files().tokenizer();
      Optional<Json> arguments = description.settings().tokenizerArguments();
      if (place.equals(folder) && arguments.isEmpty()) {
        return load(source, description, tokenizer::take, options, create);
      }
      tokenizer.giveUp(new CancellationException("the model takes another tokenizer"));
      Supplier<Tokenizer> other =
          () ->
              arguments.isEmpty() ? Tokenizer.load(place) : Tokenizer.load(place, arguments.get());
      return load(source, description, other, options, create);
    });
  }

  private static <M> M load(
      ModelSource source,
      Description description,
      Supplier<Tokenizer> tokenizers,
      LoadOptions options,
      Function<Loaded, M> create) {
    SentenceTransformersFolder settings = description.settings();
    ModelLoadEvent event = Recorder.isInUse() ? new ModelLoadEvent() : null;
    Background<Backbone> encoder =
        Background.start(
            "modernbert-load",
            () ->
                options.load(
                    source.name(),
                    settings.files(),
                    settings.averagedStates(),
                    source.isTemporary()));
    TextTokenizer tokenizer;
    List<Task> known;
    try {
      tokenizer = TextTokenizer.of(tokenizers.get(), settings.doLowerCase());
      known = description.tasks().get();
    } catch (Throwable e) {
      encoder.giveUp(e);
      throw e;
    }
    Backbone backbone = encoder.take();
    var model =
        new LoadedModel(
            settings, tokenizer, backbone, options.tokenBudget(), options.batches()::begins);
    try {
      M loaded = create.apply(new Loaded(source.place(), known, options, model));
      if (event != null && event.shouldCommit()) {
        event.model = source.place();
        event.kernels = backbone.kernels().name();
        event.parameters = backbone.parameters();
        event.weightBytes = backbone.weightBytes();
        event.commit();
      }
      return loaded;
    } catch (Throwable e) {
      model.close();
      throw e;
    }
  }

  final LoadedModel model() {
    return loaded.model();
  }

  /** Logs a warning about the model. */
  final void warn(String problem) {
    log(System.Logger.Level.WARNING, loaded.place() + ": " + problem);
  }

  /** Logs something about the model that its user may want to know. */
  final void inform(String fact) {
    log(System.Logger.Level.INFO, loaded.place() + ": " + fact);
  }

  /**
   * Makes the logger when it is needed: the first one of a JVM takes as long as reading a model.
   */
  private static void log(System.Logger.Level level, String message) {
    System.getLogger(Models.class.getPackageName()).log(level, message);
  }

  /** The steps applied to the hidden states, in words. */
  abstract String steps();

  /** The tensors that are used besides the encoder's. */
  abstract Set<String> headTensors();

  /** The properties of the model and how it is computed. */
  public final ModelInfo info() {
    Backbone backbone = model().backbone();
    Prompts prompts = model().settings().prompts();
    var unused = new TreeSet<>(backbone.otherTensors());
    unused.removeAll(headTensors());
    return new ModelInfo(
        loaded.place(),
        loaded.tasks(),
        model().config(),
        backbone.parameters(),
        maxLength(),
        steps(),
        prompts.byName(),
        prompts.defaultName(),
        unused,
        kernels(),
        backbone.pool().threads(),
        backbone.isQuantized() ? Precision.INT8 : Precision.FLOAT32,
        loaded.options().weights(),
        backbone.weightBytes());
  }

  /**
   * The greatest number of tokens read of an input, special ones included, unless options say
   * otherwise.
   */
  public final int maxLength() {
    return model().maxLength();
  }

  /** The name of the kernels that compute the model, such as {@code vector (512 bit)}. */
  public final String kernels() {
    return model().backbone().kernels().name();
  }

  /**
   * The kernels of each operation of the model, in a fixed order: names of operations such as
   * {@code attention}, with names of kernels such as {@code codegen (512 bit)}.
   */
  public final Map<String, String> kernelsByOperation() {
    return model().backbone().kernels().operations();
  }

  /** How many calls wait at this moment until a processor is free to compute them. */
  public final int waitingCalls() {
    return model().waitingCalls();
  }

  /** The model's tokenizer. */
  public final Tokenizer tokenizer() {
    return model().tokenizer().tokenizer();
  }

  /**
   * Computes made-up tokens until the JVM has compiled what computes them, so that the first texts
   * take no longer than later ones. Takes some two seconds; before an application says that it is
   * ready is a good time.
   *
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public final void warmUp() {
    model().warmUp();
  }

  /** Refuses further calls, and frees the native memory as soon as those under way have ended. */
  @Override
  public final void close() {
    model().close();
  }
}

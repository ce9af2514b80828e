package io.github.modernbert;

import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.encoder.StateMean;
import io.github.modernbert.encoder.WeightFormats;
import io.github.modernbert.kernels.KernelSelection;
import io.github.modernbert.kernels.WeightFormat;
import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.weights.EmbeddingModule;
import io.github.modernbert.weights.TransformerFiles;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Options for loading a model: threads, kernels, precision and memory. Immutable and safe for use
 * by several threads; start from {@link #defaults}. Two are equal if all their values are equal.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="load-options"}
 */
public final class LoadOptions {
  /**
   * The greatest number of {@linkplain #threads(int) threads}: more than any computer has
   * processors. Each takes memory and a place in the system's table of threads, for which other
   * programs on the computer would wait.
   */
  public static final int MAX_THREADS = 4096;

  private static final int TOKEN_BUDGET = 4096;

  private final Values values;

  private LoadOptions(Values values) {
    this.values = values;
  }

  /** The listener of options that were given none; an enum for the sake of its name. */
  private enum NoListener implements BatchListener {
    NONE;

    @Override
    public void begins(int calls, int sequences, int tokens) {}
  }

  private record Values(
      int threads,
      KernelChoice kernels,
      int tokenBudget,
      Precision precision,
      WeightType weights,
      OptionalInt layers,
      BatchListener batches,
      Optional<Path> cacheFolder) {}

  /** Values of which some may still be changed. */
  private static final class Draft {
    private int threads;
    private KernelChoice kernels;
    private int tokenBudget;
    private Precision precision;
    private WeightType weights;
    private OptionalInt layers;
    private BatchListener batches;
    private Optional<Path> cacheFolder;

    Draft(Values values) {
      threads = values.threads;
      kernels = values.kernels;
      tokenBudget = values.tokenBudget;
      precision = values.precision;
      weights = values.weights;
      layers = values.layers;
      batches = values.batches;
      cacheFolder = values.cacheFolder;
    }

    Values values() {
      return new Values(
          threads, kernels, tokenBudget, precision, weights, layers, batches, cacheFolder);
    }
  }

  private LoadOptions with(Consumer<Draft> change) {
    var draft = new Draft(values);
    change.accept(draft);
    return new LoadOptions(draft.values());
  }

  /**
   * Options with a thread for each processor, the fastest kernels, a token budget of 4096, and
   * float32.
   */
  public static LoadOptions defaults() {
    return new LoadOptions(
        new Values(
            Math.min(Runtime.getRuntime().availableProcessors(), MAX_THREADS),
            KernelChoice.AUTO,
            TOKEN_BUDGET,
            Precision.FLOAT32,
            WeightType.FLOAT32,
            OptionalInt.empty(),
            NoListener.NONE,
            Optional.empty()));
  }

  /**
   * A copy with another number of threads.
   *
   * @param count the greatest number of threads that work on one call, the caller's included; from
   *     1 to {@value #MAX_THREADS}
   * @throws IllegalArgumentException if it is less than 1 or more than that
   */
  public LoadOptions threads(int count) {
    Arguments.requirePositive("threads", count);
    if (count > MAX_THREADS) {
      throw new IllegalArgumentException(
          "threads: expected at most %d, found %d".formatted(MAX_THREADS, count));
    }
    return with(draft -> draft.threads = count);
  }

  /**
   * A copy with other kernels.
   *
   * @param choice the implementation that computes the model; loading fails with an {@link
   *     UnsupportedOperationException} if it cannot run here
   * @throws IllegalArgumentException if it is null
   */
  public LoadOptions kernels(KernelChoice choice) {
    return with(draft -> draft.kernels = Arguments.notNull(choice, "kernels"));
  }

  /**
   * A copy with another token budget.
   *
   * @param tokens the greatest number of tokens in a batch, from 1; a longer text is a batch of its
   *     own. Bounds the memory of a call
   * @throws IllegalArgumentException if it is less than 1
   */
  public LoadOptions tokenBudget(int tokens) {
    return with(draft -> draft.tokenBudget = Arguments.requirePositive("tokenBudget", tokens));
  }

  /**
   * A copy with another precision.
   *
   * @param value how the encoder's linear layers are computed; a checkpoint that holds 8-bit
   *     integers is computed in them whatever this says
   * @throws IllegalArgumentException if it is null
   */
  public LoadOptions precision(Precision value) {
    return with(draft -> draft.precision = Arguments.notNull(value, "precision"));
  }

  /**
   * A copy with another type of weights.
   *
   * @param type how weights of layers that are computed in float32 are kept in memory
   * @throws IllegalArgumentException if it is null
   */
  public LoadOptions weights(WeightType type) {
    return with(draft -> draft.weights = Arguments.notNull(type, "weights"));
  }

  /**
   * A copy that computes only the first layers of the encoder, for models trained for it (2D
   * Matryoshka, arXiv:2402.14776): after layer n follow the final norm and the model's head. Time
   * and memory of the layers fall with their number. For other models the results are of little
   * use.
   *
   * @param count the number of layers, from 1; loading fails with an {@link
   *     IllegalArgumentException} if the model has fewer
   * @throws IllegalArgumentException if the count is less than 1
   */
  public LoadOptions layers(int count) {
    return with(draft -> draft.layers = OptionalInt.of(Arguments.requirePositive("layers", count)));
  }

  /**
   * A copy that keeps packed weights in a folder: the first load writes a file there, as large as
   * the weights in memory, and later ones map and check it instead of packing, which takes a small
   * part of the time; processes share its pages. Results have the same bits. There is a file for
   * each model and each way to keep its weights; of files that are damaged a warning is logged, and
   * they are written again. If a file cannot be written, a warning is logged and the model is
   * loaded all the same. Weights of heads, of models in archives and of models with an adapter are
   * not kept.
   *
   * <p>The folder must be one that nobody writes to who may not decide what a model computes. Of
   * the model's own files, sizes, times and the beginning of each tensor tell whether they have
   * changed. Nothing is ever deleted.
   *
   * @param folder made when it is first written to; may be read-only if what it has is complete
   * @throws IllegalArgumentException if it is null, or not on the default file system
   */
  public LoadOptions cacheFolder(Path folder) {
    return with(draft -> draft.cacheFolder = Optional.of(Arguments.onDisk(folder, "cacheFolder")));
  }

  /**
   * A copy with another listener of batches, such as metrics.
   *
   * @param listener hears of each batch; called by several threads at a time
   * @throws IllegalArgumentException if it is null
   */
  public LoadOptions batches(BatchListener listener) {
    return with(draft -> draft.batches = Arguments.notNull(listener, "batches"));
  }

  /** The greatest number of threads that work on one call, the caller's included. */
  public int threads() {
    return values.threads;
  }

  /** The implementation that computes the model. */
  public KernelChoice kernels() {
    return values.kernels;
  }

  /** The greatest number of tokens in a batch; a longer text is a batch of its own. */
  public int tokenBudget() {
    return values.tokenBudget;
  }

  /** How the encoder's linear layers are computed. */
  public Precision precision() {
    return values.precision;
  }

  /** How weights of layers that are computed in float32 are kept in memory. */
  public WeightType weights() {
    return values.weights;
  }

  /** The number of layers of the encoder that are computed; all if empty. */
  public OptionalInt layers() {
    return values.layers;
  }

  /** The listener of batches. */
  public BatchListener batches() {
    return values.batches;
  }

  /** The folder that keeps packed weights, if there is one. */
  public Optional<Path> cacheFolder() {
    return values.cacheFolder;
  }

  /** Begins what loading an encoder needs and no file decides about. */
  void beginToLoad() {
    KernelSelection.begin(values.kernels.key());
  }

  /**
   * Loads an encoder with these options.
   *
   * @param name what messages call the model
   * @param averaged the states that are averaged instead of taking the last, if any
   * @param isTemporary whether the files are copies that will be deleted, whose weights are not
   *     kept
   */
  Backbone load(
      String name,
      TransformerFiles files,
      Optional<EmbeddingModule.WeightedLayerPooling> averaged,
      boolean isTemporary) {
    if (averaged.isPresent() && values.layers.isPresent()) {
      throw new IllegalArgumentException(
          "layers: the model %s takes a mean of the states after its layers, so that all are needed"
              .formatted(name));
    }
    WeightFormat others = values.weights.format();
    var formats =
        new WeightFormats(values.precision == Precision.INT8 ? WeightFormat.INT8 : others, others);
    TransformerFiles used =
        values.layers.isPresent() ? files.withLayers(values.layers.getAsInt()) : files;
    return KernelSelection.with(
        values.kernels.key(),
        kernels ->
            new Backbone(
                name,
                used,
                averaged.map(StateMean::load),
                kernels,
                formats,
                values.threads,
                isTemporary ? Optional.empty() : values.cacheFolder));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LoadOptions options && values.equals(options.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return "LoadOptions" + values.toString().substring("Values".length());
  }
}

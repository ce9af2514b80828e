package io.github.modernbert;

import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.encoder.WeightFormats;
import io.github.modernbert.kernels.KernelSelection;
import io.github.modernbert.kernels.WeightFormat;
import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.weights.TransformerFiles;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How a model is loaded and run. Immutable; start from {@link #defaults}. Two of them are equal if
 * all their values are.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="load-options"}
 */
public final class LoadOptions {
  private static final int TOKEN_BUDGET = 4096;

  private final Values values;

  private LoadOptions(Values values) {
    this.values = values;
  }

  private record Values(
      int threads,
      KernelChoice kernels,
      int tokenBudget,
      Precision precision,
      WeightType weights,
      OptionalInt layers,
      Optional<Path> cacheFolder) {}

  /** All processors, the best kernels, 4096 tokens at a time, float32. */
  public static LoadOptions defaults() {
    return new LoadOptions(
        new Values(
            Runtime.getRuntime().availableProcessors(),
            KernelChoice.AUTO,
            TOKEN_BUDGET,
            Precision.FLOAT32,
            WeightType.FLOAT32,
            OptionalInt.empty(),
            Optional.empty()));
  }

  /**
   * A copy with another number of threads.
   *
   * @param count how many threads work on one call at most, the caller's included; from 1
   * @throws IllegalArgumentException if it is less than 1
   */
  public LoadOptions threads(int count) {
    return new LoadOptions(
        new Values(
            Arguments.requirePositive("threads", count),
            values.kernels,
            values.tokenBudget,
            values.precision,
            values.weights,
            values.layers,
            values.cacheFolder));
  }

  /**
   * A copy with other kernels.
   *
   * @param choice the implementation that computes the model; loading fails with an {@link
   *     UnsupportedOperationException} if it cannot run here
   * @throws IllegalArgumentException if it is null
   */
  public LoadOptions kernels(KernelChoice choice) {
    return new LoadOptions(
        new Values(
            values.threads,
            Arguments.notNull(choice, "kernels"),
            values.tokenBudget,
            values.precision,
            values.weights,
            values.layers,
            values.cacheFolder));
  }

  /**
   * A copy with another token budget.
   *
   * @param tokens how many tokens are computed together at most, unless a single text is longer;
   *     bounds the memory of a call; from 1
   * @throws IllegalArgumentException if it is less than 1
   */
  public LoadOptions tokenBudget(int tokens) {
    return new LoadOptions(
        new Values(
            values.threads,
            values.kernels,
            Arguments.requirePositive("tokenBudget", tokens),
            values.precision,
            values.weights,
            values.layers,
            values.cacheFolder));
  }

  /**
   * A copy with another precision.
   *
   * @param value how the encoder's linear layers are computed; a checkpoint that holds 8-bit
   *     integers is computed in them whatever this says
   * @throws IllegalArgumentException if it is null
   */
  public LoadOptions precision(Precision value) {
    return new LoadOptions(
        new Values(
            values.threads,
            values.kernels,
            values.tokenBudget,
            Arguments.notNull(value, "precision"),
            values.weights,
            values.layers,
            values.cacheFolder));
  }

  /**
   * A copy with another type of weights.
   *
   * @param type how weights of layers that are computed in float32 are kept in memory
   * @throws IllegalArgumentException if it is null
   */
  public LoadOptions weights(WeightType type) {
    return new LoadOptions(
        new Values(
            values.threads,
            values.kernels,
            values.tokenBudget,
            values.precision,
            Arguments.notNull(type, "weights"),
            values.layers,
            values.cacheFolder));
  }

  /**
   * A copy that computes the first layers of the encoder alone, as models trained for it (2D
   * Matryoshka, arXiv:2402.14776) allow: after layer n the final norm follows, and then the model's
   * head. Time and memory of the layers fall with their number. Of other models the results are of
   * little use.
   *
   * @param count how many layers, from 1 to those that the model has; loading fails with an {@link
   *     IllegalArgumentException} if there are less
   * @throws IllegalArgumentException if it is less than 1
   */
  public LoadOptions layers(int count) {
    return new LoadOptions(
        new Values(
            values.threads,
            values.kernels,
            values.tokenBudget,
            values.precision,
            values.weights,
            OptionalInt.of(Arguments.requirePositive("layers", count)),
            values.cacheFolder));
  }

  /**
   * A copy that keeps packed weights in a folder: the first load writes a file there, as large as
   * the weights in memory, and later ones map and check it instead of packing, which takes a small
   * part of the time; processes share its pages. Results have the same bits. There is a file for each model and
   * each way to keep its weights; of files that are damaged a warning is logged, and they are
   * written again. If a file cannot be written, a warning is logged and the model is loaded all the
   * same. Weights of heads, of models in archives and of models with an adapter are not kept.
   *
   * <p>The folder must be one that nobody writes to who may not decide what a model computes. Of
   * the model's own files, sizes, times and the beginning of each tensor tell whether they have
   * changed. Nothing is ever deleted.
   *
   * @param folder made when it is first written to; may be read-only if what it has is complete
   * @throws IllegalArgumentException if it is null
   */
  public LoadOptions cacheFolder(Path folder) {
    return new LoadOptions(
        new Values(
            values.threads,
            values.kernels,
            values.tokenBudget,
            values.precision,
            values.weights,
            values.layers,
            Optional.of(Arguments.notNull(folder, "cacheFolder"))));
  }

  /** How many threads work on one call at most, the caller's included. */
  public int threads() {
    return values.threads;
  }

  /** The implementation that computes the model. */
  public KernelChoice kernels() {
    return values.kernels;
  }

  /** How many tokens are computed together at most, unless a single text is longer. */
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

  /** How many layers of the encoder are computed; all if empty. */
  public OptionalInt layers() {
    return values.layers;
  }

  /** The folder that keeps packed weights, if there is one. */
  public Optional<Path> cacheFolder() {
    return values.cacheFolder;
  }

  /**
   * Loads an encoder with these options.
   *
   * @param name what messages call the model
   * @param isTemporary whether the files are copies that will be deleted, whose weights are not
   *     kept
   */
  Backbone load(String name, TransformerFiles files, boolean isTemporary) {
    WeightFormat others = values.weights.format();
    var formats =
        new WeightFormats(values.precision == Precision.INT8 ? WeightFormat.INT8 : others, others);
    TransformerFiles used =
        values.layers.isPresent() ? files.withLayers(values.layers.getAsInt()) : files;
    return new Backbone(
        name,
        used,
        KernelSelection.select(values.kernels.key()),
        formats,
        values.threads,
        isTemporary ? Optional.empty() : values.cacheFolder);
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

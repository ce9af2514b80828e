package io.github.modernbert;

import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.encoder.StateMean;
import io.github.modernbert.encoder.WeightFormats;
import io.github.modernbert.kernels.KernelSelection;
import io.github.modernbert.kernels.WeightFormat;
import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.weights.EmbeddingModule;
import io.github.modernbert.weights.TransformerFiles;
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
      OptionalInt layers) {}

  /** All processors, the best kernels, 4096 tokens at a time, float32. */
  public static LoadOptions defaults() {
    return new LoadOptions(
        new Values(
            Runtime.getRuntime().availableProcessors(),
            KernelChoice.AUTO,
            TOKEN_BUDGET,
            Precision.FLOAT32,
            WeightType.FLOAT32,
            OptionalInt.empty()));
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
            values.layers));
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
            values.layers));
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
            values.layers));
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
            values.layers));
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
            values.layers));
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
            OptionalInt.of(Arguments.requirePositive("layers", count))));
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

  /**
   * Loads an encoder with these options.
   *
   * @param name what messages call the model
   * @param averaged the states that are averaged instead of taking the last, if any
   */
  Backbone load(
      String name,
      TransformerFiles files,
      Optional<EmbeddingModule.WeightedLayerPooling> averaged) {
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
    return new Backbone(
        name,
        used,
        averaged.map(StateMean::load).orElse(null),
        KernelSelection.select(values.kernels.key()),
        formats,
        values.threads);
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

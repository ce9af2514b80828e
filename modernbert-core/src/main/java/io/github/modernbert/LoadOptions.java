package io.github.modernbert;

import io.github.modernbert.encoder.WeightFormats;
import io.github.modernbert.kernels.WeightFormat;

/**
 * How a model is loaded. Immutable; start from {@link #defaults}.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="load-options"}
 *
 * @param threads how many threads work on one call at most, the caller's included; from 1
 * @param kernels {@code auto}, {@code codegen}, {@code vector} or {@code portable}; a demanded
 *     implementation that cannot run is an exception
 * @param tokenBudget tokens that are computed together at most, unless a single text is longer;
 *     bounds the memory of a call; from 1
 * @param precision what the encoder's linear layers are computed in; a checkpoint that holds 8-bit
 *     integers is computed in them whatever this says
 * @param weights how weights of what is computed in float32 are kept in memory
 */
public record LoadOptions(
    int threads, String kernels, int tokenBudget, Precision precision, WeightType weights) {
  private static final int TOKEN_BUDGET = 4096;

  /** Checks the values. */
  public LoadOptions {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, found " + threads);
    }
    if (tokenBudget < 1) {
      throw new IllegalArgumentException("tokenBudget must be at least 1, found " + tokenBudget);
    }
    Arguments.notNull(precision, "precision");
    Arguments.notNull(weights, "weights");
  }

  /** All processors, the best kernels, 4096 tokens at a time, float32. */
  public static LoadOptions defaults() {
    return new LoadOptions(
        Runtime.getRuntime().availableProcessors(),
        "auto",
        TOKEN_BUDGET,
        Precision.FLOAT32,
        WeightType.FLOAT32);
  }

  /** With another number of threads. */
  public LoadOptions threads(int value) {
    return new LoadOptions(value, kernels, tokenBudget, precision, weights);
  }

  /** With other kernels. */
  public LoadOptions kernels(String value) {
    return new LoadOptions(threads, value, tokenBudget, precision, weights);
  }

  /** With another token budget. */
  public LoadOptions tokenBudget(int value) {
    return new LoadOptions(threads, kernels, value, precision, weights);
  }

  /** With another precision of the encoder's linear layers. */
  public LoadOptions precision(Precision value) {
    return new LoadOptions(threads, kernels, tokenBudget, value, weights);
  }

  /** With weights kept in another form. */
  public LoadOptions weights(WeightType value) {
    return new LoadOptions(threads, kernels, tokenBudget, precision, value);
  }

  WeightFormats formats() {
    WeightFormat others = weights.format();
    return new WeightFormats(precision == Precision.INT8 ? WeightFormat.INT8 : others, others);
  }
}

package io.github.modernbert;

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
 */
public record LoadOptions(int threads, String kernels, int tokenBudget) {
  private static final int TOKEN_BUDGET = 4096;

  /** Checks the values. */
  public LoadOptions {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, found " + threads);
    }
    if (tokenBudget < 1) {
      throw new IllegalArgumentException("tokenBudget must be at least 1, found " + tokenBudget);
    }
  }

  /** All processors, the best kernels, 4096 tokens at a time. */
  public static LoadOptions defaults() {
    return new LoadOptions(Runtime.getRuntime().availableProcessors(), "auto", TOKEN_BUDGET);
  }

  /** With another number of threads. */
  public LoadOptions threads(int value) {
    return new LoadOptions(value, kernels, tokenBudget);
  }

  /** With other kernels. */
  public LoadOptions kernels(String value) {
    return new LoadOptions(threads, value, tokenBudget);
  }

  /** With another token budget. */
  public LoadOptions tokenBudget(int value) {
    return new LoadOptions(threads, kernels, value);
  }
}

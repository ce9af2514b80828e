package io.github.modernbert;

import io.github.modernbert.config.SimilarityFunction;
import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.vectors.Comparison;
import java.util.OptionalLong;

/**
 * Options for comparing many vectors with many. Immutable; start from {@link #defaults}.
 *
 * {@snippet file="io/github/modernbert/VectorSnippetsTest.java" region="compare-options"}
 */
public final class CompareOptions {
  private static final CompareOptions DEFAULTS =
      new CompareOptions(
          SimilarityFunction.COSINE,
          Runtime.getRuntime().availableProcessors(),
          ProgressListener.NONE);

  private final SimilarityFunction function;
  private final int threads;
  private final ProgressListener progress;

  private CompareOptions(SimilarityFunction function, int threads, ProgressListener progress) {
    this.function = function;
    this.threads = threads;
    this.progress = progress;
  }

  /** By the cosine, on all processors; nobody is told of the progress. */
  public static CompareOptions defaults() {
    return DEFAULTS;
  }

  /** How vectors are compared: as the model means it is {@link TextEmbedder#similarity()}. */
  public CompareOptions function(SimilarityFunction value) {
    return new CompareOptions(Arguments.notNull(value, "function"), threads, progress);
  }

  /**
   * How many threads compute, the caller's included. Results are the same with any number.
   *
   * @param count from 1
   */
  public CompareOptions threads(int count) {
    return new CompareOptions(function, Arguments.requirePositive("threads", count), progress);
  }

  /** Who hears how many pairs of vectors have been compared, and of how many. */
  public CompareOptions progress(ProgressListener listener) {
    return new CompareOptions(function, threads, Arguments.notNull(listener, "progress"));
  }

  /** A comparison of so many pairs. */
  Comparison comparison(long pairs) {
    return new Comparison(
        function,
        threads,
        done -> progress.progressed(new Progress(done, OptionalLong.of(pairs), 0, CallTimes.NONE)));
  }
}

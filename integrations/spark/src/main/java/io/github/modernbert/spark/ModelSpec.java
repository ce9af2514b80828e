package io.github.modernbert.spark;

import io.github.modernbert.LoadOptions;
import io.github.modernbert.Precision;
import io.github.modernbert.WeightType;
import java.io.Serializable;

/**
 * Which model executors load, and how; sent to them with each task.
 *
 * @param source where its files are
 * @param precision what its linear layers are computed in
 * @param weights how other weights are kept
 * @param tokenBudget how many tokens are computed together at most
 * @param threads how many threads compute it; 0 for as many as the executor has cores
 */
record ModelSpec(
    ModelSource source, Precision precision, WeightType weights, int tokenBudget, int threads)
    implements Serializable {

  /** The options of the library, on an executor with so many cores. */
  LoadOptions options(int cores) {
    return LoadOptions.defaults()
        .precision(precision)
        .weights(weights)
        .tokenBudget(tokenBudget)
        .threads(threads == 0 ? cores : threads);
  }
}

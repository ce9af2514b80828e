package io.github.modernbert.bench.compare;

import io.github.modernbert.config.ModernBertConfig;
import java.util.List;

/**
 * The operations that a model has to compute: products with weights and attention; a multiply-add
 * is two.
 */
record ModelFlops(ModernBertConfig config) {
  double of(List<int[]> texts) {
    return texts.stream().mapToDouble(ids -> of(ids.length)).sum();
  }

  private double of(long tokens) {
    double hidden = config.hiddenSize();
    double weights = 4 * hidden * hidden + 3 * hidden * config.intermediateSize();
    double attention = 0;
    for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
      attention += pairs(tokens, config.isGlobal(layer) ? tokens : config.windowReach());
    }
    return 2 * (weights * config.numHiddenLayers() * tokens + 2 * hidden * attention);
  }

  /** Pairs of a query and a key it sees. */
  private static double pairs(long tokens, long windowReach) {
    long reach = Math.min(windowReach, tokens - 1);
    return tokens + 2.0 * reach * tokens - (double) reach * (reach + 1);
  }
}

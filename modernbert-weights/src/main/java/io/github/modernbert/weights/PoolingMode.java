package io.github.modernbert.weights;

/**
 * The ways to pool the hidden states of a text's tokens into one vector. The order is the one in
 * which the reference concatenates several modes that a file gives as flags.
 */
public enum PoolingMode {
  /** The first token. */
  CLS("cls", "pooling_mode_cls_token"),
  MAX("max", "pooling_mode_max_tokens"),
  MEAN("mean", "pooling_mode_mean_tokens"),
  /** The sum divided by the square root of the number of tokens. */
  MEAN_SQRT_LEN_TOKENS("mean_sqrt_len_tokens", "pooling_mode_mean_sqrt_len_tokens"),
  /** The mean with the weights 1, 2, 3 ... */
  WEIGHTED_MEAN("weightedmean", "pooling_mode_weightedmean_tokens"),
  /** The last token. */
  LAST_TOKEN("lasttoken", "pooling_mode_lasttoken");

  private final String key;
  private final String legacyFlag;

  PoolingMode(String key, String legacyFlag) {
    this.key = key;
    this.legacyFlag = legacyFlag;
  }

  /** The name in current files, such as {@code weightedmean}. */
  public String key() {
    return key;
  }

  /** The flag in files of the older layout that stands for the mode. */
  String legacyFlag() {
    return legacyFlag;
  }
}

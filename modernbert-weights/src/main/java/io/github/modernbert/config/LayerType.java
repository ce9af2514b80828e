package io.github.modernbert.config;

/** The kind of attention of a layer, by the tokens that a token attends to. */
public enum LayerType {
  /** Global attention: to all tokens of the sequence. */
  FULL_ATTENTION("full_attention"),
  /**
   * Local attention: to the tokens within {@link ModernBertConfig#windowReach()} on either side.
   */
  SLIDING_ATTENTION("sliding_attention");

  private final String key;

  LayerType(String key) {
    this.key = key;
  }

  /** The name in {@code config.json}. */
  public String key() {
    return key;
  }
}

package io.github.modernbert.config;

/** The hidden state that a sequence classifier reads, {@code classifier_pooling}. */
public enum ClassifierPooling {
  /** That of the first token. */
  CLS,
  /** The mean over all tokens. */
  MEAN
}

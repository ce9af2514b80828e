package io.github.modernbert.config;

/** The token or tokens that a sequence classifier looks at. */
public enum ClassifierPooling {
  /** The first token. */
  CLS,
  /** The mean of all tokens. */
  MEAN
}

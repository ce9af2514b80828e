package io.github.modernbert.weights;

/** What a sequence classifier looks at. */
public enum ClassifierPooling {
  /** The first token. */
  CLS,
  /** The mean of all tokens. */
  MEAN
}

package io.github.modernbert.weights;

/** What the outputs of a classifier mean. */
public enum ProblemType {
  /** A value for each output. */
  REGRESSION,
  /** One of the labels. */
  SINGLE_LABEL_CLASSIFICATION,
  /** Any of the labels. */
  MULTI_LABEL_CLASSIFICATION
}

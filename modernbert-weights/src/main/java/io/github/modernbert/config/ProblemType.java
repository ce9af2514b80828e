package io.github.modernbert.config;

/** The meaning of a classifier's outputs. */
public enum ProblemType {
  /** A value for each output. */
  REGRESSION,
  /** One of the labels. */
  SINGLE_LABEL_CLASSIFICATION,
  /** Any of the labels. */
  MULTI_LABEL_CLASSIFICATION
}

package io.github.modernbert.config;

/** The meaning of a classifier's outputs, {@code problem_type}. */
public enum ProblemType {
  /** A value for each output. */
  REGRESSION,
  /** One of the labels is right. */
  SINGLE_LABEL_CLASSIFICATION,
  /** Any number of the labels is right. */
  MULTI_LABEL_CLASSIFICATION
}

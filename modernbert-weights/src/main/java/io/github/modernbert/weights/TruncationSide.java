package io.github.modernbert.weights;

/** At which end a text that is too long is cut. */
public enum TruncationSide {
  RIGHT,
  LEFT
}

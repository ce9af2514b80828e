package io.github.modernbert.kernels;

/**
 * An implementation of one step of {@link Attention}: a block of queries with a block of keys.
 * Stateless and safe for use by several threads.
 */
public interface AttentionStep extends Operation {
  /** How it reads keys and values. */
  default KeyFormat keyFormat() {
    return KeyFormat.FLOATS;
  }

  /** Keys of a panel, and elements of values; divides {@link Kernels#KEY_ALIGNMENT}. */
  int panelWidth();

  /**
   * Prepares queries, once before their keys are walked.
   *
   * @param scratch what it holds for them is kept until the last of their keys
   */
  default void begin(QueryBlock queries, Scratch scratch) {}

  /**
   * Computes scores, their weights in the running softmax, and the weighted values.
   *
   * @param from the first of the keys that the first query attends to, and {@code to} the first one
   *     after them; for each further query both are one more. May lie outside of the block on
   *     either side.
   */
  void attend(QueryBlock queries, KeyBlock keys, long from, long to, Scratch scratch);

  /**
   * The end of attention: {@code y} becomes the weighted sums divided by the total of weights.
   *
   * @param column the first one of the sums
   * @param y as many rows as there are queries, of as many columns as are wanted, side by side
   */
  void divide(QueryBlock queries, int column, Matrix y);
}

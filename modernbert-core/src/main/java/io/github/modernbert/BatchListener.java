package io.github.modernbert;

/** Hears of each batch that a model computes; see {@link LoadOptions#batches}. */
@FunctionalInterface
public interface BatchListener {
  /**
   * A batch is about to be computed, by this thread. What this method throws ends all calls of the
   * batch.
   *
   * @param calls how many calls are computed together
   * @param sequences how many sequences the batch has; a text is one, or several in windows
   * @param tokens how many tokens they have, special ones included
   */
  void begins(int calls, int sequences, int tokens);
}

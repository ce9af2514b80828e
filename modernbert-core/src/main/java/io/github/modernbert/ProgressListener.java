package io.github.modernbert;

/** Hears how far a long call has come. Called by the thread that made the call. */
@FunctionalInterface
public interface ProgressListener {
  /** Does nothing. */
  ProgressListener NONE = (texts, tokens) -> {};

  /**
   * @param texts how many texts are done
   * @param tokens how many tokens they had
   */
  void done(long texts, long tokens);
}

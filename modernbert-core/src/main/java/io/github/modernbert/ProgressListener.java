package io.github.modernbert;

/** Receives the progress of a long call, on the thread that made the call. */
@FunctionalInterface
public interface ProgressListener {
  /** Does nothing. */
  ProgressListener NONE = progress -> {};

  /**
   * Called after each batch.
   *
   * @param progress what is done so far
   */
  void progressed(Progress progress);
}

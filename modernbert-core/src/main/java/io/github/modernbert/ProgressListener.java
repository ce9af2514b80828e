package io.github.modernbert;

/** Hears how far a long call has come. Called by the thread that made the call. */
@FunctionalInterface
public interface ProgressListener {
  /** Does nothing. */
  ProgressListener NONE = progress -> {};

  /** Called when inputs have been done. */
  void progressed(Progress progress);
}

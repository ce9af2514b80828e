package io.github.modernbert.hub;

/** Receives the progress of a download, on the thread that made the call. */
@FunctionalInterface
public interface DownloadListener {
  /** Does nothing; a line of the log says then what is downloaded. */
  DownloadListener NONE = progress -> {};

  /**
   * Called when bytes have arrived; not at all if everything is in the cache.
   *
   * @param progress what has arrived so far
   */
  void progressed(DownloadProgress progress);
}

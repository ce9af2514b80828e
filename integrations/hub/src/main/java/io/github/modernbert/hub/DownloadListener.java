package io.github.modernbert.hub;

/** Hears how far a download has come. Called by the thread that made the call. */
@FunctionalInterface
public interface DownloadListener {
  /** Does nothing; a line of the log says then what is downloaded. */
  DownloadListener NONE = progress -> {};

  /** Called when bytes have arrived; not at all if everything is in the cache. */
  void progressed(DownloadProgress progress);
}

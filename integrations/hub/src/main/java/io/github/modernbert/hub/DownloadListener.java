package io.github.modernbert.hub;

/** Hears how far a download has come. Called by the thread that made the call. */
@FunctionalInterface
public interface DownloadListener {
  /** Does nothing; a line of the log says then what is downloaded. */
  DownloadListener NONE = (file, done, total) -> {};

  /**
   * Called when bytes have arrived; not at all if everything is in the cache.
   *
   * @param file the file that is being loaded, as its path in the repository
   * @param done how many bytes of the needed files are here; becomes less when a file must be
   *     loaded again
   * @param total how many bytes the needed files have, as the hub lists them
   */
  void downloaded(String file, long done, long total);
}

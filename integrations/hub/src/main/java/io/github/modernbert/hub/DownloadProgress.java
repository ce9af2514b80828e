package io.github.modernbert.hub;

/**
 * How far a download has come.
 *
 * @param done how many bytes of the needed files are here; becomes less when a file must be loaded
 *     again
 * @param total how many bytes the needed files have, as the hub lists them
 * @param file the file that is being loaded, as its path in the repository
 */
public record DownloadProgress(long done, long total, String file) {}

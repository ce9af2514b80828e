package io.github.modernbert.hub;

/**
 * The progress of a download.
 *
 * @param done the number of bytes that have arrived; becomes less when a file must be downloaded
 *     again
 * @param total the number of bytes of all needed files, as the hub lists them
 * @param file the path in the repository of the file that is being downloaded
 */
public record DownloadProgress(long done, long total, String file) {}

package io.github.modernbert.hub;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A file as the hub lists it.
 *
 * @param path in the repository
 * @param size of what is listed; a file kept outside of git has its own in {@code large}
 * @param blobId git's hash of the file, or of the pointer that git keeps instead of it
 * @param large what is said of a file that is kept outside of git (LFS)
 * @param xetHash its name in another storage, which is only noted for clients that use it
 */
record RemoteFile(
    String path, long size, String blobId, Optional<Large> large, Optional<String> xetHash) {
  private static final Pattern SHA1 = Pattern.compile("[0-9a-f]{40}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /** A file that is kept outside of git. */
  record Large(String sha256, long size) {}

  /** Whether hashes are hashes and sizes are sizes, so that they may be used and written. */
  boolean isValid() {
    return SHA1.matcher(blobId).matches()
        && size >= 0
        && large.map(l -> SHA256.matcher(l.sha256).matches() && l.size >= 0).orElse(true)
        && xetHash.map(hash -> SHA256.matcher(hash).matches()).orElse(true);
  }

  /** How many bytes the file has. */
  long bytes() {
    return large.map(Large::size).orElse(size);
  }

  /** The name of its content in the cache, which is also its ETag: a SHA-256, or git's hash. */
  String etag() {
    return large.map(Large::sha256).orElse(blobId);
  }

  /** Checks that the content is this file's. */
  Checksum checksum() {
    return large.isPresent() ? Checksum.sha256() : Checksum.gitBlob(size);
  }
}

package io.github.modernbert.hub;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A file as the hub lists it, or of which only the name is known.
 *
 * @param path in the repository
 * @param size of what is listed; a file kept outside of git has its own in {@code large}; −1 if
 *     only the name is known
 * @param blobId git's hash of the file, or of the pointer that git keeps instead of it; where no
 *     hash is known, a name for the content that no other has
 * @param large what is said of a file that is kept outside of git (LFS)
 * @param xetHash its name in another storage, which is only noted for clients that use it
 */
record RemoteFile(
    String path, long size, String blobId, Optional<Large> large, Optional<String> xetHash) {
  private static final long UNKNOWN = -1;
  private static final Pattern SHA1 = Pattern.compile("[0-9a-f]{40}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /** A file that is kept outside of git. */
  record Large(String sha256, long size) {}

  /** A file of which only the name is known. */
  static RemoteFile named(String path) {
    return new RemoteFile(path, UNKNOWN, "", Optional.empty(), Optional.empty());
  }

  /** Whether the size is known, and what the content is called. */
  boolean isKnown() {
    return size != UNKNOWN;
  }

  /** Whether git's hash is known, as that of every file is that the hub lists. */
  boolean isListed() {
    return SHA1.matcher(blobId).matches();
  }

  /**
   * This file with what an answer says of it.
   *
   * @param commit that it is of
   * @param etag without quotes; a hash if it looks like one, as the hub's do
   */
  RemoteFile known(String commit, long bytes, String etag) {
    if (SHA256.matcher(etag).matches()) {
      return new RemoteFile(path, bytes, "", Optional.of(new Large(etag, bytes)), xetHash);
    }
    String id = SHA1.matcher(etag).matches() ? etag : unverified(commit);
    return new RemoteFile(path, bytes, id, large, xetHash);
  }

  private String unverified(String commit) {
    Checksum checksum = Checksum.sha256();
    checksum.update(ByteBuffer.wrap((commit + "/" + path).getBytes(StandardCharsets.UTF_8)));
    return "unverified-" + checksum.hex();
  }

  /** Whether hashes are hashes and sizes are sizes, so that they may be used and written. */
  boolean isValid() {
    return (isListed() || large.isPresent())
        && size >= 0
        && large.map(l -> SHA256.matcher(l.sha256).matches() && l.size >= 0).orElse(true)
        && xetHash.map(hash -> SHA256.matcher(hash).matches()).orElse(true);
  }

  /** Whether the content can be checked. */
  boolean hasHash() {
    return large.isPresent() || isListed();
  }

  /** How many bytes the file has; −1 if that is not known. */
  long bytes() {
    return large.map(Large::size).orElse(size);
  }

  /** The name of its content in the cache, which is also its ETag: a SHA-256, or git's hash. */
  String etag() {
    return large.map(Large::sha256).orElse(blobId);
  }

  /** Computes what {@link #etag} is of the content, if it is a hash. */
  Checksum checksum() {
    return large.isPresent() ? Checksum.sha256() : Checksum.gitBlobOrSha1(size);
  }
}

package io.github.modernbert.hub;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A hash that is computed as the bytes come. */
final class Checksum {
  private final MessageDigest digest;
  private final byte[] prefix;

  private Checksum(String algorithm, String prefix) {
    try {
      digest = MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has " + algorithm, e);
    }
    this.prefix = prefix.getBytes(StandardCharsets.US_ASCII);
    restart();
  }

  static Checksum sha256() {
    return new Checksum("SHA-256", "");
  }

  /** As git hashes a file of that many bytes. */
  static Checksum gitBlob(long size) {
    return new Checksum("SHA-1", "blob " + size + "\0");
  }

  void restart() {
    digest.reset();
    digest.update(prefix);
  }

  /** Takes all of the buffer. */
  void update(ByteBuffer bytes) {
    digest.update(bytes);
  }

  /** The hash of all that came since the start; starts again. */
  String hex() {
    String hex = HexFormat.of().formatHex(digest.digest());
    restart();
    return hex;
  }
}

package io.github.modernbert.hub;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Hashes that are computed as the bytes come: one, or those of which one must be the right one. */
final class Checksum {
  private final List<Hash> hashes;

  private Checksum(Hash... hashes) {
    this.hashes = List.of(hashes);
    restart();
  }

  private record Hash(MessageDigest digest, byte[] prefix) {
    static Hash of(String algorithm, String prefix) {
      try {
        return new Hash(
            MessageDigest.getInstance(algorithm), prefix.getBytes(StandardCharsets.US_ASCII));
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError("every JDK has " + algorithm, e);
      }
    }
  }

  static Checksum sha256() {
    return new Checksum(Hash.of("SHA-256", ""));
  }

  /** As git hashes a file of that many bytes. */
  static Checksum gitBlob(long size) {
    return new Checksum(Hash.of("SHA-1", "blob " + size + "\0"));
  }

  /** As git hashes a file, which is what the hub gives, or SHA-1 alone, which some mirrors give. */
  static Checksum gitBlobOrSha1(long size) {
    return new Checksum(Hash.of("SHA-1", "blob " + size + "\0"), Hash.of("SHA-1", ""));
  }

  void restart() {
    for (Hash hash : hashes) {
      hash.digest.reset();
      hash.digest.update(hash.prefix);
    }
  }

  /** Takes all of the buffer. */
  void update(ByteBuffer bytes) {
    for (Hash hash : hashes) {
      hash.digest.update(bytes.duplicate());
    }
    bytes.position(bytes.limit());
  }

  /** The first hash of all that came since the start; starts again. */
  String hex() {
    String hex = hex(hashes.getFirst());
    restart();
    return hex;
  }

  /** Whether one of the hashes of all that came since the start is that one; starts again. */
  boolean matches(String hex) {
    boolean found = hashes.stream().map(Checksum::hex).toList().contains(hex);
    restart();
    return found;
  }

  private static String hex(Hash hash) {
    return HexFormat.of().formatHex(hash.digest.digest());
  }
}

package io.github.modernbert.codegen.asm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;

/**
 * The bytes of the GNU assembler and the hash of the source it was given, which {@code
 * src/test/tools/encodings.sh} has written down.
 */
final class GnuBytes {
  /** No instruction is longer. */
  private static final int LONGEST = 15;

  private final byte[] expected;
  private final String sourceHash;
  private int at;

  GnuBytes(String name) throws IOException {
    try (var file = GnuBytes.class.getResourceAsStream(name + ".gz");
        var bytes = new GZIPInputStream(file);
        var hash = GnuBytes.class.getResourceAsStream(name + ".sha256")) {
      expected = bytes.readAllBytes();
      sourceHash = new String(hash.readAllBytes(), StandardCharsets.US_ASCII).strip();
    }
  }

  /** Compares the bytes of the next case. */
  void check(String text, byte[] actual) {
    int end = Math.min(expected.length, at + actual.length);
    if (!Arrays.equals(expected, at, end, actual, 0, actual.length)) {
      // The bytes that follow belong to the next case.
      int more = Math.min(expected.length, at + Math.max(LONGEST, actual.length));
      assertEquals(hex(expected, at, more), hex(actual, 0, actual.length), text);
    }
    at = end;
  }

  /** Checks after the last case that all bytes were compared, and that listings are the source. */
  void checkEnd(String source) throws NoSuchAlgorithmException {
    assertEquals(expected.length, at, "bytes that no case has made");
    assertTrue(at > 0);
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(source.getBytes(StandardCharsets.UTF_8));
    assertEquals(sourceHash, HexFormat.of().formatHex(hash), "the listings have changed");
  }

  private static String hex(byte[] bytes, int from, int to) {
    return HexFormat.ofDelimiter(" ").formatHex(bytes, from, to);
  }
}

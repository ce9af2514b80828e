package io.github.modernbert.codegen.asm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;

/** The bytes of the GNU assembler, which {@code src/test/tools/encodings.sh} has written down. */
final class GnuBytes {
  /** No instruction is longer. */
  private static final int LONGEST = 15;

  private final byte[] expected;
  private int at;

  GnuBytes(String resource) throws IOException {
    try (var file = GnuBytes.class.getResourceAsStream(resource);
        var bytes = new GZIPInputStream(file)) {
      expected = bytes.readAllBytes();
    }
  }

  /** Compares the bytes of the next case. */
  void check(String text, byte[] actual) {
    int end = Math.min(expected.length, at + actual.length);
    if (!Arrays.equals(expected, at, end, actual, 0, actual.length)) {
      // What follows belongs to the next case.
      int more = Math.min(expected.length, at + Math.max(LONGEST, actual.length));
      assertEquals(hex(expected, at, more), hex(actual, 0, actual.length), text);
    }
    at = end;
  }

  /** After the last case. */
  void checkEnd() {
    assertEquals(expected.length, at, "bytes that no case has made");
    assertTrue(at > 0);
  }

  private static String hex(byte[] bytes, int from, int to) {
    return HexFormat.ofDelimiter(" ").formatHex(bytes, from, to);
  }
}

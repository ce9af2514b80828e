package io.github.modernbert.codegen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** The bytes of the GNU assembler, which {@code src/test/tools/encodings.sh} has written down. */
final class EncodingTest {
  private byte[] expected = {};
  private int at;

  @Test
  void theBytesOfTheGnuAssembler() throws IOException {
    try (var file = EncodingTest.class.getResourceAsStream("encodings.gz");
        var bytes = new GZIPInputStream(file)) {
      expected = bytes.readAllBytes();
    }
    EncodingCases.forEach(
        (text, code) -> {
          var asm = new Assembler();
          code.accept(asm);
          byte[] actual = asm.finish();
          int end = Math.min(expected.length, at + actual.length);
          if (!Arrays.equals(expected, at, end, actual, 0, actual.length)) {
            // What follows belongs to the next case: an instruction has at most 15 bytes.
            int more = Math.min(expected.length, at + Math.max(15, actual.length));
            assertEquals(hex(expected, at, more), hex(actual, 0, actual.length), text);
          }
          at = end;
        });
    assertEquals(expected.length, at, "bytes that no case has made");
    assertTrue(at > 0);
  }

  @Test
  void tilesAreNotReadOrWrittenWithoutTheDistanceOfTheirRows() {
    var asm = new Assembler();
    Mem alone = Mem.at(Gpr.RDI, 0);
    assertThrows(IllegalArgumentException.class, () -> asm.tileloadd(Tile.TMM0, alone));
    assertThrows(IllegalArgumentException.class, () -> asm.tilestored(alone, Tile.TMM0));
  }

  private static String hex(byte[] bytes, int from, int to) {
    return HexFormat.ofDelimiter(" ").formatHex(bytes, from, to);
  }
}

package io.github.modernbert.cli.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.modernbert.cli.console.CommandException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Utf8LinesTest {
  @TempDir private Path folder;

  private static List<String> lines(String text) {
    var in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    return new Utf8Lines("test", in).stream().toList();
  }

  @Test
  void linesEndWithLfOrCrlf() {
    assertEquals(List.of(), lines(""));
    assertEquals(List.of(""), lines("\n"));
    assertEquals(List.of("a", "", "b"), lines("a\n\nb"));
    assertEquals(List.of("a", "", "b"), lines("a\r\n\r\nb\r\n"));
    assertEquals(List.of("a\rb\u0085\u2028c"), lines("a\rb\u0085\u2028c\n"));
    assertEquals(List.of("a", "\uFEFFb"), lines("\uFEFFa\n\uFEFFb"));
  }

  @Test
  void theEndOfATerminalIsAskedForOnce() {
    var reads = new AtomicInteger();
    var terminal =
        new InputStream() {
          @Override
          public int read() {
            throw new AssertionError("one by one");
          }

          @Override
          public int read(byte[] buffer, int offset, int length) {
            buffer[offset] = 'a';
            return reads.incrementAndGet() == 1 ? 1 : -1;
          }
        };
    var lines = new Utf8Lines("test", terminal);
    assertEquals(List.of("a"), lines.stream().toList());
    assertFalse(lines.hasNext());
    assertEquals(2, reads.get());
  }

  @Test
  void linesLongerThanTheBuffer() {
    String half = "ž".repeat(50_000);
    assertEquals(List.of(half + "𝄞" + half, "x"), lines(half + "𝄞" + half + "\nx"));
    String full = "y".repeat((1 << 16) - 1);
    assertEquals(List.of(full, full, ""), lines(full + "\n" + full + "\n\n"));
  }

  @Test
  void countIsThatOfTheLines() throws IOException {
    Path file = folder.resolve("texts.txt");
    for (String text : List.of("", "\n", "a", "a\n", "a\n\nb", "y".repeat(1 << 16) + "\n")) {
      Files.writeString(file, text);
      var source = new TextSource.LinesOfFile(file);
      assertEquals(OptionalLong.of(lines(text).size()), source.count(), text);
    }
  }

  @Test
  void truncatedCharacterAtTheEnd() {
    byte[] bytes = {'a', '\n', (byte) 0xE2, (byte) 0x82};
    var lines = new Utf8Lines("test", new ByteArrayInputStream(bytes));
    assertEquals("a", lines.next());
    CommandException failure = assertThrows(CommandException.class, lines::next);
    assertEquals("test, line 2: not UTF-8, byte 1 of the line is 0xE2", failure.getMessage());
  }
}

package io.github.modernbert.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.checks.MarkdownFile.Block;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The messages that {@code text} blocks of docs/troubleshooting.md quote are those of the sources:
 * what stands between the ellipses of a line is found in one source file, in this order, in its
 * strings. Messages of others are in blocks of another kind.
 */
final class TroubleshootingTest {
  private static final int TELLING_CHARS = 6;

  @Test
  void quotedMessagesAreThoseOfTheSources() throws IOException {
    List<String> sources = sources();
    var unknown = new ArrayList<String>();
    int found = 0;
    for (Block block : MarkdownFile.blocks("text")) {
      if (block.page().equals("docs/troubleshooting.md")) {
        for (String message : block.text().lines().toList()) {
          found++;
          if (sources.stream().noneMatch(source -> says(source, message))) {
            unknown.add(block + " " + message);
          }
        }
      }
    }
    assertFalse(found == 0, "the page quotes no message");
    assertEquals(List.of(), unknown, "messages that no source has");
  }

  @Test
  void messagesAreFoundAcrossLinesAndPlaceholders() {
    String source = strings("throw new X(\n\"found %d \"\n  + \"of them, expected \" + n);");
    assertTrue(says(source, "found … of them, expected …"));
    assertFalse(says(source, "found … of us, expected …"));
    assertFalse(says(source, "expected … found"));
  }

  private static boolean says(String source, String message) {
    int from = 0;
    int telling = 0;
    for (String part : message.split("…")) {
      int at = source.indexOf(part, from);
      if (at < 0) {
        return false;
      }
      from = at + part.length();
      telling = Math.max(telling, part.strip().length());
    }
    return telling >= TELLING_CHARS;
  }

  private static List<String> sources() throws IOException {
    var sources = new ArrayList<String>();
    try (Stream<Path> tree = Files.walk(PomFile.root().folder())) {
      for (Path file :
          tree.filter(p -> p.toString().endsWith(".java"))
              .filter(p -> p.toString().contains("/src/main/"))
              .toList()) {
        sources.add(strings(Files.readString(file)));
      }
    }
    return sources;
  }

  /** A source in which strings that are put together stand together. */
  private static String strings(String source) {
    return source.replaceAll("\"\\s*\\+\\s*\"", "").replaceAll("\\\\(.)", "$1");
  }
}

package io.github.modernbert.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every Java file of the tree is formatted by google-java-format. {@code -Dformat=fix} formats
 * those that are not. A test, since the formatter needs the parser of JDK 25 and Maven may run on
 * an older one.
 */
final class FormatTest {
  private static final boolean FIX = "fix".equals(System.getProperty("format"));

  @Test
  void sourcesAreFormatted() throws IOException {
    Path root = Path.of(System.getProperty("modernbert.root", ".."));
    List<Path> sources = sources(root);
    assertFalse(sources.isEmpty(), "no sources below " + root);
    var formatter = new Formatter();
    var unformatted = new ArrayList<String>();
    for (Path source : sources) {
      String found = Files.readString(source);
      String formatted = format(formatter, source, found);
      if (!formatted.equals(found)) {
        unformatted.add(root.relativize(source).toString());
        if (FIX) {
          Files.writeString(source, formatted);
        }
      }
    }
    if (FIX) {
      System.out.println("formatted: " + unformatted);
    } else {
      assertEquals(
          List.of(),
          unformatted,
          "not formatted; run ./mvnw -pl build-checks -am verify -Dformat=fix"
              + " -Dtest=FormatTest -Dsurefire.failIfNoSpecifiedTests=false");
    }
  }

  private static String format(Formatter formatter, Path source, String text) {
    try {
      return formatter.formatSourceAndFixImports(text);
    } catch (FormatterException e) {
      throw new AssertionError(source + ": " + e.getMessage(), e);
    }
  }

  private static List<Path> sources(Path root) throws IOException {
    try (var tree = Files.walk(root)) {
      return tree.filter(p -> p.toString().endsWith(".java"))
          .filter(p -> p.toString().contains("/src/"))
          .filter(p -> !p.toString().contains("/target/"))
          .sorted()
          .toList();
    }
  }
}

package io.github.modernbert.tokenizer.unicode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Reads the generated tables, which are text: {@code #} starts a comment, {@code [name]} a section,
 * and every other line is an entry.
 */
public final class Tables {
  private Tables() {}

  /**
   * The entries of the resource {@code name} beside {@code owner}, by section; those before the
   * first section are in section {@code ""}.
   */
  public static Map<String, List<String>> read(Class<?> owner, String name) {
    var sections = new LinkedHashMap<String, List<String>>();
    var entries = new ArrayList<String>();
    sections.put("", entries);
    for (String line : text(owner, name).split("\n")) {
      if (line.startsWith("[") && line.endsWith("]")) {
        entries = new ArrayList<>();
        sections.put(line.substring(1, line.length() - 1), entries);
      } else if (!line.startsWith("#")) {
        entries.add(line);
      }
    }
    return sections;
  }

  /** The whole text of the resource {@code name} beside {@code owner}. */
  public static String text(Class<?> owner, String name) {
    try (var in = Objects.requireNonNull(owner.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  /** The code points of hexadecimal words, as in {@code 65 301}. */
  public static int[] codePoints(String words) {
    String[] parts = words.strip().split(" ");
    int[] codePoints = new int[parts.length];
    for (int i = 0; i < parts.length; i++) {
      codePoints[i] = Integer.parseInt(parts[i], 16);
    }
    return codePoints;
  }

  /** The key of an entry: the text before its colon. */
  public static String key(String entry) {
    return entry.substring(0, entry.indexOf(": "));
  }

  /** The value of an entry: the text behind its colon. */
  public static String value(String entry) {
    return entry.substring(entry.indexOf(": ") + 2);
  }
}

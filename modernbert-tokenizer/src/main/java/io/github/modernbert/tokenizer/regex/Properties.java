package io.github.modernbert.tokenizer.regex;

import io.github.modernbert.tokenizer.unicode.CodePointSet;
import io.github.modernbert.tokenizer.unicode.Tables;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The named classes of characters: properties, POSIX brackets such as {@code [:alpha:]}, and {@code
 * \w \d \s \h}.
 */
final class Properties {
  /** The ranges of a class as text, by each of its names. Parsed only when asked for. */
  private static final Map<String, String> RANGES = new HashMap<>();

  private static final Map<String, CodePointSet> PARSED = new ConcurrentHashMap<>();

  /** Word characters as {@code \w} and {@code \b} see them. */
  static final CodePointSet WORD;

  static final CodePointSet DIGIT;
  static final CodePointSet SPACE;
  static final CodePointSet HEX_DIGIT;

  static {
    for (var section : Tables.read(Properties.class, "properties.txt").values()) {
      for (String entry : section) {
        for (String name : Tables.key(entry).split(" ")) {
          RANGES.put(name, Tables.value(entry));
        }
      }
    }
    WORD = find("\\w").orElseThrow();
    DIGIT = find("\\d").orElseThrow();
    SPACE = find("\\s").orElseThrow();
    HEX_DIGIT = find("\\h").orElseThrow();
  }

  private Properties() {}

  /**
   * The word characters. The engine looks up code points below 256 in another table than in a class
   * in brackets: {@code \w} matches the fraction ½, {@code [\w]} does not.
   */
  static CodePointSet word(boolean inClass) {
    return inClass ? posix("word").orElseThrow() : WORD;
  }

  /**
   * The property that {@code \p{name}} means; case, spaces, hyphens and underscores do not count.
   */
  static Optional<CodePointSet> property(String name) {
    return find(name.replaceAll("[ _-]", "").toLowerCase(Locale.ROOT));
  }

  /** The class that {@code [:name:]} means. */
  static Optional<CodePointSet> posix(String name) {
    return find("[:" + name + ":]");
  }

  private static Optional<CodePointSet> find(String name) {
    String ranges = RANGES.get(name);
    return ranges == null
        ? Optional.empty()
        : Optional.of(PARSED.computeIfAbsent(ranges, CodePointSet::parse));
  }
}

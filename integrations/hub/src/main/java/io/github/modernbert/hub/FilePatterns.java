package io.github.modernbert.hub;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Patterns of paths in a repository, as the Python client's {@code allow_patterns}: {@code *} is
 * anything, {@code /} included, {@code ?} a character, {@code [abc]} or {@code [!abc]} one of some.
 */
final class FilePatterns {
  private final List<Pattern> patterns;

  FilePatterns(List<String> globs) {
    patterns = globs.stream().map(FilePatterns::compile).toList();
  }

  boolean matches(String path) {
    return patterns.stream().anyMatch(pattern -> pattern.matcher(path).matches());
  }

  private static Pattern compile(String glob) {
    String whole = glob.endsWith("/") ? glob + "*" : glob;
    var regex = new StringBuilder();
    for (int i = 0; i < whole.length(); i++) {
      char c = whole.charAt(i);
      int end = c == '[' ? whole.indexOf(']', i + 2) : -1;
      if (end > 0) {
        String set = whole.substring(i + 1, end).replace("\\", "\\\\").replace("[", "\\[");
        regex.append('[').append(set.startsWith("!") ? "^" + set.substring(1) : set).append(']');
        i = end;
      } else {
        regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}

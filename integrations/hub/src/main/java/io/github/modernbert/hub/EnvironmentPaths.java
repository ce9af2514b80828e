package io.github.modernbert.hub;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Expands {@code ~}, {@code ~user}, {@code $NAME} and {@code ${NAME}} in paths as Python's {@code
 * os.path.expanduser} and {@code os.path.expandvars} do: what is not known stays as it is, and what
 * a variable stands for is not expanded again.
 */
final class EnvironmentPaths {
  private static final Pattern VARIABLE = Pattern.compile("\\$(?:(\\w+)|\\{([^}]*)\\})");
  private static final Path USERS = Path.of("/etc/passwd");
  private static final int USER_FIELDS = 7;
  private static final int USER_HOME = 5;

  private final Map<String, String> variables;
  private final String home;

  /**
   * @param accountHome the home of the account that the process runs as, where no variable says
   *     otherwise: {@code HOME}, or on Windows {@code USERPROFILE}
   */
  EnvironmentPaths(Map<String, String> variables, Path accountHome) {
    this.variables = variables;
    String name = File.separatorChar == '/' ? "HOME" : "USERPROFILE";
    home = variables.getOrDefault(name, accountHome.toString());
  }

  /** Expands the user's folder, then variables. */
  String expand(String path) {
    return expandVariables(expandUser(path));
  }

  /** Expands {@code ~} and {@code ~user} at the beginning of a path. */
  String expandUser(String path) {
    if (!path.startsWith("~")) {
      return path;
    }
    int slash = path.indexOf('/');
    int end = slash < 0 ? path.length() : slash;
    Optional<String> folder = end == 1 ? Optional.of(home) : homeOf(path.substring(1, end));
    return folder
        .map(found -> found.replaceAll("/+$", "") + path.substring(end))
        .map(expanded -> expanded.isEmpty() ? "/" : expanded)
        .orElse(path);
  }

  private static Optional<String> homeOf(String user) {
    Predicate<String[]> isUser = fields -> fields.length == USER_FIELDS && fields[0].equals(user);
    // A character for each byte, since names of users may be in any encoding.
    try (var lines = Files.lines(USERS, StandardCharsets.ISO_8859_1)) {
      return lines
          .map(line -> line.split(":", -1))
          .filter(isUser)
          .map(fields -> fields[USER_HOME])
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private String expandVariables(String path) {
    return VARIABLE
        .matcher(path)
        .replaceAll(found -> {
          String name = found.group(1) == null ? found.group(2) : found.group(1);
          return Matcher.quoteReplacement(variables.getOrDefault(name, found.group()));
        });
  }
}

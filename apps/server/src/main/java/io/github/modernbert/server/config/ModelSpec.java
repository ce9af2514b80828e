package io.github.modernbert.server.config;

import io.github.modernbert.Task;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A model to serve.
 *
 * @param source a folder, or a name on the hub with or without a revision
 * @param alias what requests call it
 * @param task what it is loaded for; empty for what it was made for
 */
public record ModelSpec(String source, String alias, Optional<Task> task) {
  /**
   * Reads {@code NAME_OR_FOLDER} or {@code NAME_OR_FOLDER=ALIAS}. Without an alias a name on the
   * hub is its own, less the revision, and a folder is called by its last part.
   *
   * @throws IllegalArgumentException if a part is empty
   */
  public static ModelSpec parse(String text) {
    int at = text.lastIndexOf('=');
    String source = at < 0 ? text : text.substring(0, at);
    String alias = at < 0 ? alias(source) : text.substring(at + 1);
    if (source.isBlank() || alias.isBlank()) {
      throw new IllegalArgumentException(
          "a model is NAME_OR_FOLDER or NAME_OR_FOLDER=ALIAS, found '" + text + "'");
    }
    return new ModelSpec(source, alias, Optional.empty());
  }

  private static String alias(String source) {
    Path path = Path.of(source);
    boolean isName = !path.isAbsolute() && path.getNameCount() == 2 && !source.startsWith(".");
    if (isName && !path.toFile().exists()) {
      return source.replaceFirst("@.*", "");
    }
    Path last = path.normalize().toAbsolutePath().getFileName();
    return last == null ? source : last.toString();
  }

  /** With what requests call it. */
  public ModelSpec withAlias(String changed) {
    return new ModelSpec(source, changed, task);
  }

  /** With a revision, unless it has one. */
  public ModelSpec withRevision(String revision) {
    return source.contains("@") ? this : new ModelSpec(source + "@" + revision, alias, task);
  }

  /**
   * With what it is loaded for.
   *
   * @throws IllegalArgumentException if there is no such task
   */
  public ModelSpec withTask(String key) {
    Task found =
        Arrays.stream(Task.values())
            .filter(candidate -> candidate.key().equals(key))
            .findFirst()
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "no task '%s'; there are %s"
                        .formatted(
                            key,
                            Arrays.stream(Task.values())
                                .map(Task::key)
                                .collect(Collectors.joining(", ")))));
    return new ModelSpec(source, alias, Optional.of(found));
  }
}

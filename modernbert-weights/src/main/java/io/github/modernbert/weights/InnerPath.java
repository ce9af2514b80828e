package io.github.modernbert.weights;

import java.util.regex.Pattern;

/** Paths that a model's files give: they must not lead out of the model's folder. */
final class InnerPath {
  private static final Pattern ANY_SEPARATOR = Pattern.compile("[/\\\\]");

  private InnerPath() {}

  /**
   * Whether the path stays inside on every system: not absolute, no drive or stream, no step
   * upwards.
   */
  static boolean isInside(String path) {
    if (path.isBlank() || path.startsWith("/") || path.startsWith("\\")) {
      return false;
    }
    if (path.contains(":") || path.contains("\0")) {
      return false;
    }
    return ANY_SEPARATOR.splitAsStream(path).noneMatch(".."::equals);
  }
}

package io.github.modernbert.spark;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Objects;

/** Looks into Spark's exceptions. */
final class Failures {
  private Failures() {}

  /** The exception of this type among the causes; fails with all of them if there is none. */
  static <T extends Throwable> T find(Throwable thrown, Class<T> type) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return type.cast(cause);
      }
    }
    throw new AssertionError("no " + type.getName() + " among the causes", thrown);
  }

  /** The message of the exception of this type among the causes. */
  static String message(Throwable thrown, Class<? extends Throwable> type) {
    return Objects.requireNonNull(find(thrown, type).getMessage());
  }

  /** Everything that a user reads of an exception. */
  static String text(Throwable thrown) {
    var text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}

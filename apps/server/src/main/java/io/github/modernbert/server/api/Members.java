package io.github.modernbert.server.api;

import io.github.modernbert.server.http.JsonInput;
import org.jspecify.annotations.Nullable;

/** Members that a request must have. */
public final class Members {
  private Members() {}

  /** The value of a member, which must be there. */
  public static <T> T required(String name, @Nullable T value) {
    if (value == null) {
      throw JsonInput.invalid("missing field `" + name + "`");
    }
    return value;
  }
}

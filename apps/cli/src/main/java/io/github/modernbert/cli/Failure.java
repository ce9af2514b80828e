package io.github.modernbert.cli;

import org.jspecify.annotations.Nullable;

/** Something that a message tells completely; exit code 1. */
final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1;

  Failure(String message) {
    this(message, null);
  }

  Failure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

package io.github.modernbert.cli.console;

import org.jspecify.annotations.Nullable;

/** A failure that its message describes completely; it ends the program with exit code 1. */
public final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public CommandException(String message) {
    this(message, null);
  }

  public CommandException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

package io.github.modernbert.server.models;

/** A model that cannot be loaded; the message names it and says why. */
public final class ModelLoadException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ModelLoadException(String alias, RuntimeException cause) {
    super("model %s cannot be loaded: %s".formatted(alias, cause.getMessage()), cause);
  }
}

package io.github.modernbert.server.http;

import java.io.IOException;
import java.io.UncheckedIOException;

/** A client that went away while it sent its request or got its response; nobody can be told. */
final class ClientGoneException extends UncheckedIOException {
  private static final long serialVersionUID = 1;

  ClientGoneException(IOException cause) {
    super(cause);
  }
}

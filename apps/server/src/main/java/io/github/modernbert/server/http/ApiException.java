package io.github.modernbert.server.http;

/** A request that is answered by an error; the message is for the client. */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final ErrorKind kind;

  /** With what is wrong. */
  public ApiException(ErrorKind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** With what is wrong, and what was thrown elsewhere. */
  public ApiException(ErrorKind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** The kind of the error. */
  public ErrorKind kind() {
    return kind;
  }

  /** The message. */
  public String message() {
    return String.valueOf(getMessage());
  }
}

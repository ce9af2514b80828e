package io.github.modernbert.server.http;

/** The kinds of errors that a request can have, with the names that the APIs have for them. */
public enum ErrorKind {
  /** The body is not JSON, or not UTF-8. */
  MALFORMED(400, "Validation", "invalid_request_error"),
  /** There is nothing to compute. */
  EMPTY(400, "Empty", "invalid_request_error"),
  /** No key, or a wrong one. */
  UNAUTHORIZED(401, "Unauthorized", "authentication_error"),
  /** No such route or model. */
  NOT_FOUND(404, "NotFound", "invalid_request_error"),
  /** The route has other methods. */
  METHOD_NOT_ALLOWED(405, "MethodNotAllowed", "invalid_request_error"),
  /** The request took too long to arrive. */
  TIMEOUT(408, "Timeout", "invalid_request_error"),
  /** The body is too large. */
  TOO_LARGE(413, "Validation", "invalid_request_error"),
  /** The body is not said to be JSON. */
  MEDIA_TYPE(415, "Validation", "invalid_request_error"),
  /** A value is missing or cannot be used. */
  VALIDATION(422, "Validation", "invalid_request_error"),
  /** The tokenizer cannot read a text. */
  TOKENIZER(422, "Tokenizer", "invalid_request_error"),
  /** The model cannot do this. */
  BACKEND(424, "Backend", "server_error"),
  /** Too many requests are under way. */
  OVERLOADED(429, "Overloaded", "rate_limit_exceeded"),
  /** A fault of the server. */
  INTERNAL(500, "Backend", "server_error"),
  /** The models are not loaded yet, or the server is stopping. */
  UNHEALTHY(503, "Unhealthy", "server_error");

  private final int status;
  private final String teiType;
  private final String openAiType;

  ErrorKind(int status, String teiType, String openAiType) {
    this.status = status;
    this.teiType = teiType;
    this.openAiType = openAiType;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  String teiType() {
    return teiType;
  }

  String openAiType() {
    return openAiType;
  }
}

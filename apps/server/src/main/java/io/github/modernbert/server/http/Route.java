package io.github.modernbert.server.http;

/**
 * One line of the table of routes.
 *
 * @param method GET or POST
 * @param path the path; one that ends in {@code *} stands for all that begin so
 * @param operation the operation of the OpenAPI description
 * @param access who may call it
 * @param errors how errors are worded
 * @param endpoint what answers
 */
public record Route(
    String method,
    String path,
    String operation,
    Access access,
    ErrorFormat errors,
    Endpoint endpoint) {
  private static final String REST = "*";

  /** Who may call a route. */
  public enum Access {
    /** Everyone. */
    PUBLIC,
    /** Those who have a key, if keys are set. */
    KEY
  }

  /** Answers requests. */
  @FunctionalInterface
  public interface Endpoint {
    /**
     * Answers a request.
     *
     * @throws ApiException if the answer is an error
     */
    Reply answer(Call call);
  }

  boolean isPrefix() {
    return path.endsWith(REST);
  }

  /** The start that all paths of a route with a prefix have. */
  String prefix() {
    return path.substring(0, path.length() - REST.length());
  }
}

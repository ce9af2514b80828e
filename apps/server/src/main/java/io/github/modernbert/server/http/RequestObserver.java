package io.github.modernbert.server.http;

/** Is told of every request that has been answered. */
@FunctionalInterface
public interface RequestObserver {
  /**
   * An answered request.
   *
   * @param id what it is called in the log
   * @param method GET or POST
   * @param route the path of its route, or {@code (none)}
   * @param status the HTTP status; 499 if the client went away
   * @param nanos how long it took, from its first byte
   * @param texts how many texts were computed
   * @param tokens how many tokens were computed
   */
  record Answered(
      String id, String method, String route, int status, long nanos, int texts, long tokens) {}

  /** Takes note. */
  void answered(Answered request);
}

package io.github.modernbert.server.http;

import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;

/** One request, and what is counted of it. Belongs to the thread that answers it. */
public final class Call {
  /** The types of JSON, such as {@code application/problem+json}, with parameters or none. */
  private static final Pattern JSON =
      Pattern.compile("\\s*application/([a-z0-9.-]+\\+)?json\\s*(;.*)?", Pattern.CASE_INSENSITIVE);

  private final Request request;
  private final String id;
  private final String path;
  private final Bodies bodies;
  private int texts;
  private long tokens;

  Call(Request request, String id, Bodies bodies) {
    this.request = request;
    this.id = id;
    this.bodies = bodies;
    this.path = Request.getPathInContext(request);
  }

  /** The name of the request in the log. */
  public String id() {
    return id;
  }

  /** The path, decoded. */
  public String path() {
    return path;
  }

  String method() {
    return request.getMethod();
  }

  Request request() {
    return request;
  }

  /** When the request began to arrive, as {@link System#nanoTime} has it. */
  public long beginNanos() {
    return request.getBeginNanoTime();
  }

  /** The first value of a parameter of the URL. */
  public Optional<String> parameter(String name) {
    try {
      Fields parameters = Request.extractQueryParameters(request);
      return Optional.ofNullable(parameters.getValue(name));
    } catch (RuntimeException e) {
      throw new ApiException(ErrorKind.MALFORMED, "the query of the URL cannot be read", e);
    }
  }

  /** Whether the client would rather have this type than JSON. */
  public boolean prefers(String contentType) {
    String accepted = request.getHeaders().get(HttpHeader.ACCEPT);
    return accepted != null && accepted.contains(contentType);
  }

  /**
   * Reads the body, an object of JSON.
   *
   * @throws ApiException if it is none, too large, or late
   */
  public void read(BodyReader reader) {
    String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
    if (type == null || !JSON.matcher(type).matches()) {
      throw new ApiException(
          ErrorKind.MEDIA_TYPE,
          "expected `Content-Type: application/json`, found " + (type == null ? "nothing" : type));
    }
    JsonInput in = bodies.open(request);
    in.document(name -> reader.read(in, name));
  }

  /** Reads the members of a body. */
  @FunctionalInterface
  public interface BodyReader {
    /** Reads the value of a member, or skips it. */
    void read(JsonInput in, String name) throws IOException;
  }

  /** Notes what was computed, for the log and the metrics. */
  public void computed(int newTexts, long newTokens) {
    texts += newTexts;
    tokens += newTokens;
  }

  int texts() {
    return texts;
  }

  long tokens() {
    return tokens;
  }
}

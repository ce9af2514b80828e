package io.github.modernbert.server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * An answer.
 *
 * @param status the HTTP status
 * @param contentType of the body; empty without one
 * @param headers others
 * @param body writes the body
 */
public record Reply(int status, String contentType, Map<String, String> headers, Body body) {
  private static final String JSON = "application/json";
  private static final int OK = 200;
  private static final int NO_CONTENT = 204;
  private static final int LONGEST_MESSAGE = 1000;

  /** Writes a body. */
  @FunctionalInterface
  public interface Body {
    /** Writes all of it. */
    void write(OutputStream out) throws IOException;
  }

  /** JSON that is written piece by piece. */
  public static Reply json(Consumer<JsonOutput> body) {
    return json(OK, body);
  }

  static Reply json(int status, Consumer<JsonOutput> body) {
    return new Reply(
        status,
        JSON,
        Map.of(),
        stream -> {
          var out = new JsonOutput(stream);
          body.accept(out);
          out.flush();
        });
  }

  /** Bytes. */
  public static Reply of(String contentType, byte[] bytes) {
    return new Reply(OK, contentType, Map.of(), out -> out.write(bytes));
  }

  /** Success without a body. */
  public static Reply empty() {
    return new Reply(OK, "", Map.of(), _ -> {});
  }

  static Reply noContent() {
    return new Reply(NO_CONTENT, "", Map.of(), _ -> {});
  }

  /** An error; the middle of a long message, which repeats what the client sent, is left out. */
  static Reply error(ErrorFormat format, ErrorKind kind, String message) {
    String told = shortened(message);
    Reply reply = json(kind.status(), out -> format.write(out, kind, told));
    return kind == ErrorKind.OVERLOADED || kind == ErrorKind.UNHEALTHY
        ? reply.with("Retry-After", "1")
        : reply;
  }

  private static String shortened(String message) {
    if (message.length() <= LONGEST_MESSAGE) {
      return message;
    }
    int part = LONGEST_MESSAGE / 3;
    return message.substring(0, message.offsetByCodePoints(0, part))
        + " … "
        + message.substring(message.offsetByCodePoints(message.length(), -part));
  }

  /** With one more header. */
  public Reply with(String name, String value) {
    return with(Map.of(name, value));
  }

  /** With more headers. */
  public Reply with(Map<String, String> more) {
    var all = new LinkedHashMap<>(headers);
    all.putAll(more);
    return new Reply(status, contentType, all, body);
  }
}

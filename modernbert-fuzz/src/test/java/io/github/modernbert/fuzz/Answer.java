package io.github.modernbert.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An answer of a server.
 *
 * @param headers lines without their ends
 */
record Answer(String status, List<String> headers, byte[] body) {
  /** An answer that says how long it is. */
  static Answer of(String status, byte[] body) {
    return new Answer(status, List.of("Content-Length: " + body.length), body);
  }

  /** The bytes that a server sends. */
  byte[] bytes() {
    var head = new StringBuilder("HTTP/1.1 " + status + " x\r\n");
    headers.forEach(line -> head.append(line).append("\r\n"));
    byte[] first =
        head.append("Connection: close\r\n\r\n").toString().getBytes(StandardCharsets.UTF_8);
    byte[] all = new byte[first.length + body.length];
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(body, 0, all, first.length, body.length);
    return all;
  }
}

package io.github.modernbert.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.server.TestServer.Answer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests what a client may ask for, who may ask, and what happens to those who send badly. */
final class LimitsTest {
  @TempDir private Path folder;

  private static Socket connect(TestServer server) throws IOException {
    return new Socket("127.0.0.1", server.address().getPort());
  }

  /** Sends bytes, and reads what comes back until the server closes the connection. */
  private static String exchange(TestServer server, String... pieces) throws IOException {
    try (Socket socket = connect(server)) {
      OutputStream out = socket.getOutputStream();
      for (String piece : pieces) {
        out.write(piece.getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
      try (InputStream in = socket.getInputStream()) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    }
  }

  @Test
  void bodiesThatAreTooLarge() {
    try (TestServer server = TestServer.startWithoutModels("--payload-limit=1000")) {
      String large = "{\"inputs\": \"" + "a".repeat(1000) + "\"}";
      Answer known = server.post("/embed", large);
      assertEquals(413, known.status());
      assertEquals("the body has more than 1000 bytes", known.object().get("error").getAsString());
      Answer chunked =
          server.send(
              server
                  .request("/embed", "content-type", "application/json")
                  .POST(
                      HttpRequest.BodyPublishers.ofInputStream(
                          () -> new ByteArrayInputStream(large.getBytes(StandardCharsets.UTF_8)))));
      assertEquals(413, chunked.status());
    }
  }

  @Test
  void requestsThatStallTimeOut() throws IOException {
    try (TestServer server = TestServer.startWithoutModels("--request-timeout=1")) {
      String head =
          "POST /embed HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
              + "Content-Length: 100\r\n\r\n";
      String answer = exchange(server, head + "{\"inputs\": \"a");
      assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
      assertTrue(answer.contains("the request took longer than 1 s to arrive"), answer);
      assertEquals("", exchange(server, "POST /embed HTT"));
    }
  }

  @Test
  void headersThatComeByteByByteTimeOut() throws IOException {
    try (TestServer server = TestServer.startWithoutModels("--request-timeout=1");
        Socket socket = connect(server)) {
      // Waiting for an answer is what keeps the bytes apart.
      socket.setSoTimeout(100);
      OutputStream out = socket.getOutputStream();
      out.write("GET /live HTTP/1.1\r\nX: ".getBytes(StandardCharsets.UTF_8));
      while (isSilent(socket)) {
        out.write('a');
      }
    }
  }

  /** Whether the server neither says anything nor closes the connection for a while. */
  private static boolean isSilent(Socket socket) throws IOException {
    try {
      int first = socket.getInputStream().read();
      assertTrue(first == -1 || first == 'H', "closed, with or without an answer");
      return false;
    } catch (SocketTimeoutException e) {
      return true;
    } catch (SocketException e) {
      return false;
    }
  }

  @Test
  void garbageIsAnsweredAndTheConnectionClosed() throws IOException {
    TestServer server = TestServer.shared();
    for (String garbage :
        List.of(
            "\u0000\u0001\u0002\r\n\r\n",
            "GET / HTTP/9.9\r\nHost: a\r\n\r\n",
            "POST /embed HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
            "POST /embed HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
            "GET /" + "a".repeat(40_000) + " HTTP/1.1\r\nHost: a\r\n\r\n")) {
      String answer = exchange(server, garbage);
      assertTrue(answer.matches("(?s)HTTP/1.1 (400|414|431|505) .*"), answer);
      assertTrue(answer.contains("\"error_type\":\"Validation\""), answer);
    }
  }

  @Test
  void answersThatDoNotWaitForTheBodySayThatTheConnectionEnds() throws IOException {
    try (TestServer server = TestServer.startWithoutModels()) {
      for (String path : List.of("/nowhere", "/health")) {
        String answer =
            exchange(
                server, "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 40"), answer);
        assertTrue(answer.contains("\r\nConnection: close\r\n"), answer);
      }
    }
  }

  @Test
  void clientsThatVanishHarmNobody() throws IOException {
    TestServer server = TestServer.shared();
    String request =
        "POST /embed HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            + "Content-Length: %d\r\n\r\n%s";
    String body = "{\"inputs\": \"bread\"}";
    for (int cut = 1; cut <= body.length(); cut += 3) {
      try (Socket socket = connect(server)) {
        socket.setSoLinger(true, 0);
        socket
            .getOutputStream()
            .write(
                request
                    .formatted(body.length(), body.substring(0, cut))
                    .getBytes(StandardCharsets.UTF_8));
      }
    }
    server.post("/embed", body).ok();
  }

  @Test
  void modelsThatAreNotLoadedAreUnhealthy() {
    try (TestServer server = TestServer.startWithoutModels()) {
      Answer health = server.get("/health");
      assertEquals(503, health.status());
      assertEquals("{\"error\":\"unhealthy\",\"error_type\":\"Unhealthy\"}", health.body());
      assertEquals("1", health.header("retry-after").orElseThrow());
      assertEquals(200, server.get("/live").status());
      assertEquals(503, server.post("/embed", "{\"inputs\": \"a\"}").status());
      assertEquals(200, server.get("/", "accept", "text/html").status());
      assertEquals(503, server.get("/").status());
    }
  }

  @Test
  void keysOpenTheServer() throws IOException {
    Path file = folder.resolve("keys");
    Files.writeString(file, "# mine\nfrom-file\n\n");
    try (TestServer server = TestServer.start("--api-key=one,two", "--api-key-file=" + file)) {
      for (String key : List.of("one", "two", "from-file")) {
        server.post("/embed", "{\"inputs\": \"a\"}", "authorization", "Bearer " + key).ok();
        server.post("/embed", "{\"inputs\": \"a\"}", "api-key", key).ok();
      }
      Answer none = server.post("/embed", "{\"inputs\": \"a\"}");
      assertEquals(401, none.status());
      assertEquals("Unauthorized", none.object().get("error_type").getAsString());
      for (String wrong : List.of("Bearer three", "Bearer on", "Basic one", "Bearer ")) {
        assertEquals(
            401, server.post("/embed", "{\"inputs\": \"a\"}", "authorization", wrong).status());
      }
      assertEquals(401, server.get("/v1/models").status());
      for (String open : List.of("/health", "/metrics", "/live", "/openapi.json")) {
        assertEquals(200, server.get(open).status(), open);
      }
    }
  }

  @Test
  void pagesOfSomeOriginsMayUseTheServer() {
    try (TestServer server =
        TestServer.startWithoutModels("--cors-allow-origin=https://example.org")) {
      Answer allowed = server.get("/live", "origin", "https://example.org");
      assertEquals(
          "https://example.org", allowed.header("access-control-allow-origin").orElseThrow());
      assertTrue(
          server
              .get("/live", "origin", "https://example.com")
              .header("access-control-allow-origin")
              .isEmpty());
      Answer preflight =
          server.send(
              server
                  .request(
                      "/embed",
                      "origin",
                      "https://example.org",
                      "access-control-request-method",
                      "POST",
                      "access-control-request-headers",
                      "content-type, authorization")
                  .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
      assertEquals(204, preflight.status());
      assertEquals("GET, POST", preflight.header("access-control-allow-methods").orElseThrow());
      assertEquals(
          "content-type, authorization",
          preflight.header("access-control-allow-headers").orElseThrow());
    }
  }

  @Test
  void noOriginMayUnlessItIsNamed() {
    assertTrue(
        TestServer.shared()
            .get("/health", "origin", "https://example.org")
            .header("access-control-allow-origin")
            .isEmpty());
  }
}

package io.github.modernbert.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program from its start to its exit code. */
final class LifeCycleTest {
  private static int status(URI server, String path) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(server.resolve(path)).build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }

  /** A request whose body never comes, so that it stays under way. */
  private static Socket halfRequest(URI server) throws IOException {
    var socket = new Socket("127.0.0.1", server.getPort());
    OutputStream out = socket.getOutputStream();
    out.write(
        ("POST /embed HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                + "Content-Length: 19\r\n\r\n")
            .getBytes(StandardCharsets.UTF_8));
    out.flush();
    return socket;
  }

  @Test
  void aSignalEndsRequestsAndThenTheProcess() throws Exception {
    try (ServerProcess process = ServerProcess.start("--port=0", "--json-output")) {
      URI server = URI.create(process.awaitLine("listening at ").replaceFirst("\".*", ""));
      assertTrue(process.awaitLine("\"message\":\"ready\"").contains("\"logger\""));
      assertEquals(200, status(server, "/health"));
      try (Socket slow = halfRequest(server)) {
        awaitInFlight(server);
        process.terminate();
        process.awaitLine("requests are under way");
        assertEquals(503, status(server, "/health"));
        slow.getOutputStream().write("{\"inputs\": \"bread\"}".getBytes(StandardCharsets.UTF_8));
        String answer = new String(slow.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(answer.startsWith("HTTP/1.1 200 OK"), answer);
        assertTrue(answer.contains("Connection: close"), answer);
      }
      assertEquals(0, process.exitCode());
    }
  }

  /**
   * Waits until the half request is under way. The metrics are a request too, so there are two
   * then, and the server may count both when it is told to stop.
   */
  private static void awaitInFlight(URI server) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      String metrics;
      do {
        metrics =
            client
                .send(
                    HttpRequest.newBuilder(server.resolve("/metrics")).build(),
                    HttpResponse.BodyHandlers.ofString())
                .body();
      } while (!metrics.contains("modernbert_requests_in_flight 2"));
    }
  }

  @Test
  void aSecondSignalEndsTheProcessAtOnce() throws Exception {
    try (ServerProcess process = ServerProcess.start("--port=0")) {
      URI server = URI.create(process.awaitLine("listening at "));
      process.awaitLine("INFO ready");
      try (Socket _ = halfRequest(server)) {
        awaitInFlight(server);
        process.terminate();
        process.awaitLine("requests are under way");
        process.terminate();
        assertEquals(143, process.exitCode());
      }
    }
  }

  @Test
  void aPortInUseIsExitCode3() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        ServerProcess process = ServerProcess.start("--port=" + taken.getLocalPort())) {
      assertEquals(3, process.exitCode());
      List<String> lines = process.lines();
      assertEquals(1, lines.size(), lines.toString());
      assertEquals(
          "modernbert: cannot listen at 127.0.0.1:%d: Address already in use"
              .formatted(taken.getLocalPort()),
          lines.getFirst());
    }
  }

  @Test
  void aMissingModelIsExitCode4() throws Exception {
    try (ServerProcess process = ServerProcess.start("--port=0", "--model=/nix/model")) {
      assertEquals(4, process.exitCode());
      String last = process.lines().getLast();
      assertTrue(last.startsWith("modernbert: model model cannot be loaded: /nix/model"), last);
    }
  }

  @Test
  void wrongUsageIsExitCode2() throws Exception {
    try (ServerProcess process = ServerProcess.start("--port=x")) {
      assertEquals(2, process.exitCode());
      List<String> lines = process.lines();
      assertEquals(1, lines.size(), lines.toString());
      assertTrue(lines.getFirst().endsWith("(see 'modernbert serve --help')"), lines.toString());
    }
  }

  @Test
  void tooLittleMemoryIsExitCode5() throws Exception {
    try (ServerProcess process = ServerProcess.startWith(List.of("-Xmx10m"), "--port=0")) {
      assertEquals(5, process.exitCode());
      assertTrue(
          process.lines().getLast().startsWith("modernbert: not enough memory"),
          process.lines().toString());
    }
  }

  /** Formats write the digits of the default locale, which no address has. */
  @Test
  void theAddressIsOneInEveryLocale() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("fa-IR"));
    try (TestServer server = TestServer.startWithoutModels()) {
      assertTrue(server.address().getPort() > 0, server.address()::toString);
      assertEquals(200, server.get("/live").status());
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void packedWeightsAreKeptForTheNextStart(@TempDir Path folder) throws IOException {
    String[] flags = {"--cache=" + folder, "--model=" + TestServer.mini() + "=mini"};
    String first = vector(flags);
    try (Stream<Path> kept = Files.list(folder)) {
      assertTrue(kept.findAny().isPresent());
    }
    assertEquals(first, vector(flags));
  }

  private static String vector(String... flags) {
    try (TestServer server = TestServer.start(flags)) {
      return server.post("/embed", "{\"inputs\": \"bread\"}").ok().body();
    }
  }
}

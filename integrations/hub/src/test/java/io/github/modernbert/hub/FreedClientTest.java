package io.github.modernbert.hub;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client that met a server of nonsense is freed after it was closed. The JDK's client holds an
 * exchange that did not end, with its handler of answers, as long as somebody holds the client.
 */
final class FreedClientTest {
  private static final int MOST_COLLECTIONS = 50;

  @TempDir private Path folder;

  @Test
  void aClientThatWasDisturbedIsFreed() throws IOException {
    WeakReference<HubHttp> client;
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> answerNonsense(server));
      client = disturbed(URI.create("http://127.0.0.1:" + server.getLocalPort()));
    }
    for (int i = 0; i < MOST_COLLECTIONS && client.get() != null; i++) {
      System.gc();
    }
    assertNull(client.get());
  }

  private WeakReference<HubHttp> disturbed(URI endpoint) {
    var environment = Map.of("HF_ENDPOINT", endpoint.toString(), "HF_HUB_ETAG_TIMEOUT", "5");
    HubSettings settings = new HubEnvironment(environment, folder).settings();
    try (var http = new HubHttp(settings, HubHttp.Connector.OF_JDK)) {
      RepoName name = RepoName.parse("a/b").orElseThrow();
      assertThrows(IOException.class, () -> http.document(name, endpoint.resolve("/x")));
      return new WeakReference<>(http);
    }
  }

  private static void answerNonsense(ServerSocket server) {
    try (Socket connection = server.accept()) {
      connection.getInputStream().read();
      connection
          .getOutputStream()
          .write("HTTP/1.1 abc x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      connection.getOutputStream().flush();
      connection.getInputStream().readAllBytes();
    } catch (IOException e) {
      // The client has seen enough.
    }
  }
}

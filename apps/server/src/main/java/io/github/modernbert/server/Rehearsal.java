package io.github.modernbert.server;

import io.github.modernbert.server.config.Settings;
import io.github.modernbert.server.config.SettingsParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server with the bundled model, once in each precision, that asks itself some hundred times and
 * stops. Run with {@code -XX:AOTCacheOutput=FILE}, it leaves a cache of loaded classes and of what
 * the compilers should know of them (JEP 483 and 515), with which the server starts sooner and is
 * at its full speed after fewer requests.
 */
final class Rehearsal {
  /** The cache has no classes of what is not rehearsed, and loading int8 takes many of its own. */
  private static final List<String> PRECISIONS = List.of("int8", "float32");

  private static final int CLIENTS = 8;
  private static final int ROUNDS = 20;

  /** Requests as clients of the APIs send them; the path, then the body. */
  private static final List<List<String>> REQUESTS =
      List.of(
          List.of("/embed", "{\"inputs\": \"The baker sold warm bread while rain fell.\"}"),
          List.of("/embed", "{\"inputs\": [\"bread\", \"rain on quiet streets\", \"b\"]}"),
          List.of(
              "/v1/embeddings",
              "{\"model\": \"modernbert-mini\", \"input\": [\"Where is the bakery?\"]}"),
          List.of(
              "/v1/embeddings",
              "{\"model\": \"modernbert-mini\", \"input\": \"bread\", \"encoding_format\":"
                  + " \"base64\"}"));

  private Rehearsal() {}

  /** Runs it. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    for (String precision : PRECISIONS) {
      Settings settings =
          SettingsParser.parse(
                  new String[] {"--port=0", "--log-level=warning", "--precision=" + precision},
                  Map.of(),
                  new PrintWriter(System.out, true))
              .orElseThrow();
      LogFormat.install(settings.logging());
      try (var application = new Application(settings, "rehearsal")) {
        application.start();
        application.load();
        ask(application.address());
      }
    }
  }

  private static void ask(URI server) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient();
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CLIENTS; i++) {
        clients.submit(() -> {
          for (int round = 0; round < ROUNDS; round++) {
            for (List<String> request : REQUESTS) {
              client.send(
                  HttpRequest.newBuilder(server.resolve(request.getFirst()))
                      .header("content-type", "application/json")
                      .POST(HttpRequest.BodyPublishers.ofString(request.getLast()))
                      .build(),
                  HttpResponse.BodyHandlers.discarding());
            }
          }
          return null;
        });
      }
    }
  }
}

package io.github.modernbert.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The load generator against a server that answers with short vectors. */
final class LoadTest {
  private HttpServer server = create();

  private static HttpServer create() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @BeforeEach
  void start() {
    server.createContext("/embed", LoadTest::tei);
    server.createContext("/v1/embeddings", LoadTest::openAi);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private static JsonObject body(HttpExchange exchange) throws IOException {
    return JsonParser.parseString(
            new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8))
        .getAsJsonObject();
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static void tei(HttpExchange exchange) throws IOException {
    var vectors = new JsonArray();
    body(exchange).getAsJsonArray("inputs").forEach(text -> vectors.add(new JsonArray()));
    exchange.getResponseHeaders().add("x-compute-tokens", Integer.toString(7 * vectors.size()));
    answer(exchange, 200, vectors.toString());
  }

  private static void openAi(HttpExchange exchange) throws IOException {
    int texts = body(exchange).getAsJsonArray("input").size();
    if (!"Bearer k".equals(exchange.getRequestHeaders().getFirst("authorization"))) {
      answer(exchange, 401, "{}");
      return;
    }
    var data = new JsonArray();
    for (int i = 0; i < texts; i++) {
      data.add(i);
    }
    answer(exchange, 200, "{\"data\": " + data + ", \"usage\": {\"total_tokens\": 5}}");
  }

  private LoadResult run(String... more) throws InterruptedException {
    var arguments =
        new ArrayList<>(
            List.of(
                "--url",
                "http://127.0.0.1:" + server.getAddress().getPort() + "/",
                "--seconds",
                "0.3",
                "--warm-up",
                "0"));
    arguments.addAll(List.of(more));
    return Load.run(LoadSettings.parse(arguments));
  }

  @Test
  void closedLoop() throws InterruptedException {
    LoadResult result = run("--api", "tei", "--clients", "3", "--texts", "2-2");
    assertEquals(Map.of(), result.errors());
    assertTrue(result.requests() > 0);
    assertTrue(result.percentile(0.5) <= result.percentile(0.99));
    assertTrue(result.report().contains("errors      none"), result.report());
  }

  @Test
  void openLoopSendsAllThatIsDue() throws InterruptedException {
    LoadResult result = run("--rate", "100", "--key", "k", "--words", "3", "--sigma", "1");
    assertEquals(Map.of(), result.errors());
    assertEquals(30, result.requests());
  }

  @Test
  void errorsAreCounted() throws InterruptedException {
    LoadResult result = run("--rate", "10");
    assertEquals(Map.of("status 401", 3), result.errors());
    assertEquals(0, result.requests());
  }

  @Test
  void textsAreTheSameForASeed() {
    LoadSettings settings =
        LoadSettings.parse(
            List.of("--url", "http://a:1", "--texts", "1-4", "--words", "20", "--sigma", "0.8"));
    var some = new LoadTexts(settings, 7);
    var same = new LoadTexts(settings, 7);
    for (int i = 0; i < 50; i++) {
      List<String> texts = some.next();
      assertEquals(texts, same.next());
      assertTrue(texts.size() >= 1 && texts.size() <= 4);
    }
  }

  @Test
  void percentilesOfAFew() {
    var result = new LoadResult();
    for (int i = 1; i <= 100; i++) {
      result.add(1, new LoadTarget.Answer(1, ""), i * 1_000_000L);
    }
    result.took(1_000_000_000);
    assertEquals(50, result.percentile(0.5));
    assertEquals(99, result.percentile(0.99));
    assertEquals(100, result.percentile(1));
  }

  @Test
  void wrongUsage() {
    for (List<String> wrong :
        List.of(
            List.<String>of(),
            List.of("--url"),
            List.of("--url", "nix"),
            List.of("--url", "http://a:1", "--clients", "0"),
            List.of("--url", "http://a:1", "--nix", "1"))) {
      assertThrows(IllegalArgumentException.class, () -> LoadSettings.parse(wrong));
    }
  }
}

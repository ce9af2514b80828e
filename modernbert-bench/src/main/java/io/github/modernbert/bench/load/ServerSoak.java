package io.github.modernbert.bench.load;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.modernbert.EmbedOptions;
import io.github.modernbert.Embeddings;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.testdata.Base64Floats;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Asks our server for a long time, with clients that are honest and others that vanish, send
 * garbage, stall and reconnect. Every vector must have the bits that the library gives here, no
 * honest client may see an error, and memory and threads of the server must not grow.
 */
public final class ServerSoak {
  private static final int TEXTS = 256;
  private static final int HONEST = 16;
  private static final int TEXTS_OF_A_REQUEST = 8;
  private static final Duration BETWEEN_SAMPLES = Duration.ofSeconds(15);
  private static final List<String> WATCHED =
      List.of(
          "process_resident_memory_bytes",
          "jvm_memory_used_bytes{area=\"heap\"}",
          "jvm_threads_current",
          "modernbert_requests_in_flight");

  private final URI url;
  private final long end;
  private final List<String> texts;
  private final Embeddings expected;
  private final LongAdder vectors = new LongAdder();
  private final LongAdder wrong = new LongAdder();
  private final Map<String, LongAdder> counted = new ConcurrentSkipListMap<>();

  private ServerSoak(URI url, double seconds, TextEmbedder embedder) {
    this.url = url;
    LoadSettings settings =
        LoadSettings.parse(List.of("--url", url.toString(), "--words", "14", "--sigma", "0.9"));
    var source = new LoadTexts(settings, 5);
    var drawn = new ArrayList<String>();
    while (drawn.size() < TEXTS) {
      drawn.addAll(source.next());
    }
    texts = List.copyOf(drawn);
    expected = embedder.embed(texts, EmbedOptions.defaults().normalize(true));
    end = System.nanoTime() + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
  }

  /**
   * Runs: the server's URL, the seconds, and the folder of the model that it serves if that is not
   * the bundled one. Exit code 1 if anything was wrong.
   */
  public static void main(String[] arguments) throws InterruptedException {
    if (arguments.length < 2) {
      System.err.println("usage: modernbert-bench/run soak-server URL SECONDS [MODEL]");
      System.exit(2);
    }
    try (TextEmbedder embedder =
        arguments.length > 2 ? TextEmbedder.load(arguments[2]) : TextEmbedder.bundled()) {
      var soak =
          new ServerSoak(URI.create(arguments[0]), Double.parseDouble(arguments[1]), embedder);
      System.exit(soak.run() ? 0 : 1);
    }
  }

  /** One of the clients, until the time is over. */
  @FunctionalInterface
  private interface Client {
    void ask(SplittableRandom random) throws Exception;
  }

  private boolean run() throws InterruptedException {
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
        HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      for (int i = 0; i < HONEST; i++) {
        start(clients, i, "honest", random -> honest(http, random));
      }
      start(
          clients,
          101,
          "reconnecting",
          _ -> {
            try (HttpClient fresh = HttpClient.newHttpClient()) {
              honest(fresh, new SplittableRandom());
            }
          });
      start(clients, 102, "vanishing", this::vanish);
      start(clients, 103, "vanishing", this::vanish);
      start(clients, 104, "garbage", this::garbage);
      start(clients, 105, "stalling", this::stall);
      start(clients, 106, "stalling", this::stall);
      while (System.nanoTime() < end) {
        System.out.println(sample(http));
        TimeUnit.NANOSECONDS.sleep(
            Math.clamp(end - System.nanoTime(), 0, BETWEEN_SAMPLES.toNanos()));
      }
      clients.shutdown();
      clients.awaitTermination(5, TimeUnit.MINUTES);
      System.out.println(sample(http));
    }
    counted.forEach((what, count) -> System.out.println(what + ": " + count));
    System.out.printf(
        Locale.ROOT, "%,d vectors compared, %d with other bits%n", vectors.sum(), wrong.sum());
    boolean honestFailed =
        counted.keySet().stream()
            .anyMatch(what ->
                !what.endsWith(": ok")
                    && (what.startsWith("honest") || what.startsWith("reconnecting")));
    return vectors.sum() > 0 && wrong.sum() == 0 && !honestFailed;
  }

  private void start(ExecutorService clients, int seed, String name, Client client) {
    clients.submit(() -> {
      var random = new SplittableRandom(seed);
      while (System.nanoTime() < end) {
        String outcome = "ok";
        try {
          client.ask(random);
        } catch (IOException | RuntimeException e) {
          outcome = e.getClass().getSimpleName() + " " + e.getMessage();
        }
        counted.computeIfAbsent(name + ": " + outcome, _ -> new LongAdder()).increment();
      }
      return null;
    });
  }

  private void honest(HttpClient http, SplittableRandom random)
      throws IOException, InterruptedException {
    int[] chosen = random.ints(random.nextInt(1, TEXTS_OF_A_REQUEST + 1), 0, TEXTS).toArray();
    var input = new JsonArray();
    Arrays.stream(chosen).forEach(i -> input.add(texts.get(i)));
    var body = new JsonObject();
    body.add("input", input);
    body.addProperty("encoding_format", "base64");
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(url.resolve("/v1/embeddings"))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IllegalStateException(
          "status %d: %s".formatted(response.statusCode(), response.body()));
    }
    JsonArray data =
        JsonParser.parseString(response.body()).getAsJsonObject().getAsJsonArray("data");
    if (data.size() != chosen.length) {
      throw new IllegalStateException(
          "%d vectors for %d texts".formatted(data.size(), chosen.length));
    }
    for (int i = 0; i < chosen.length; i++) {
      String base64 = data.get(i).getAsJsonObject().get("embedding").getAsString();
      vectors.increment();
      float[] vector = Base64Floats.decode(base64);
      if (!Arrays.equals(vector, expected.vector(chosen[i]))) {
        wrong.increment();
        System.out.printf(
            Locale.ROOT,
            "text %d of %s came back with the vector of %s%n",
            chosen[i],
            Arrays.toString(chosen),
            ownerOf(vector));
      }
    }
  }

  /** The text that a vector is of, for whoever looks for what went wrong. */
  private String ownerOf(float[] vector) {
    for (int i = 0; i < TEXTS; i++) {
      if (Arrays.equals(vector, expected.vector(i))) {
        return "text " + i;
      }
    }
    return "none of the texts";
  }

  private Socket connect() throws IOException {
    var socket = new Socket(url.getHost(), url.getPort());
    socket.setSoTimeout((int) TimeUnit.MINUTES.toMillis(2));
    return socket;
  }

  private byte[] request() {
    String body = "{\"input\": \"" + texts.getFirst() + "\"}";
    return ("POST /v1/embeddings HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n"
            + body)
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Sends some or all of a request, and goes away without reading. */
  private void vanish(SplittableRandom random) throws IOException {
    try (Socket socket = connect()) {
      byte[] request = request();
      socket.setSoLinger(random.nextBoolean(), 0);
      socket.getOutputStream().write(request, 0, random.nextInt(1, request.length + 1));
    }
  }

  /** Sends bytes that are no request, or a request that is none of this API. */
  private void garbage(SplittableRandom random) throws IOException {
    try (Socket socket = connect()) {
      byte[] request = request();
      for (int i = 0; i < 12; i++) {
        request[random.nextInt(request.length)] = (byte) random.nextInt(256);
      }
      socket.getOutputStream().write(request);
      socket.shutdownOutput();
      socket.getInputStream().readAllBytes();
    }
  }

  /** Sends the beginning of a request, and waits until the server has enough of it. */
  private void stall(SplittableRandom random) throws IOException {
    try (Socket socket = connect()) {
      byte[] request = request();
      socket.getOutputStream().write(request, 0, random.nextInt(1, request.length));
      socket.getInputStream().readAllBytes();
    }
  }

  private String sample(HttpClient http) throws InterruptedException {
    try {
      String metrics =
          http.send(
                  HttpRequest.newBuilder(url.resolve("/metrics")).build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      var line = new StringBuilder();
      line.append((end - System.nanoTime()) / TimeUnit.SECONDS.toNanos(1)).append(" s left");
      metrics
          .lines()
          .filter(sample -> WATCHED.stream().anyMatch(name -> sample.startsWith(name + " ")))
          .forEach(sample -> line.append(", ").append(sample));
      return line.toString();
    } catch (IOException e) {
      return "no metrics: " + e;
    }
  }
}

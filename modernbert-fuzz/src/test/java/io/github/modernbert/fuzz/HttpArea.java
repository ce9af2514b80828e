package io.github.modernbert.fuzz;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.modernbert.server.FuzzedServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Requests to the server: the examples of its own {@code openapi.json}, in which the body, the
 * headers, or any bytes are changed. Whatever comes of it, the answer is not a fault of the
 * server's own (500), tells nothing of its insides, and the next request is answered.
 */
final class HttpArea implements Area {
  private static final int TIMEOUT_MILLIS = 20_000;

  /** Methods and versions of HTTP that are not known, and a server that is busy. */
  private static final Set<Integer> OTHERS_FAULTS = Set.of(501, 503, 505);

  private final Path model;
  private final List<Example> examples = new ArrayList<>();
  private URI server = URI.create("");

  private record Example(String path, byte[] body) {}

  /**
   * @param model the folder of an embedder
   */
  HttpArea(Path model) {
    this.model = model;
  }

  @Override
  public String name() {
    return "http";
  }

  @Override
  public void prepare(Path folder) throws IOException {
    server = FuzzedServer.start("--model=" + model + "=mini", "--port=0", "--threads=1");
    String answer = ask(get("/openapi.json"));
    JsonObject document =
        JsonParser.parseString(answer.substring(answer.indexOf("\r\n\r\n"))).getAsJsonObject();
    document
        .getAsJsonObject("paths")
        .asMap()
        .forEach((path, methods) -> {
          JsonElement post = methods.getAsJsonObject().get("post");
          if (post != null) {
            JsonObject json =
                post.getAsJsonObject()
                    .getAsJsonObject("requestBody")
                    .getAsJsonObject("content")
                    .getAsJsonObject("application/json");
            examples.add(
                new Example(path, json.get("example").toString().getBytes(StandardCharsets.UTF_8)));
          }
        });
  }

  private static byte[] get(String path) {
    return "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        .formatted(path)
        .getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public Input input(RandomGenerator random) {
    Example example = examples.get(random.nextInt(examples.size()));
    byte[] body = JsonMutations.of(example.body, random);
    var head = new StringBuilder("POST " + example.path + " HTTP/1.1\r\nHost: localhost\r\n");
    head.append("Connection: close\r\n");
    for (int count = random.nextInt(5) == 0 ? 1 + random.nextInt(2) : 0; count > 0; count--) {
      head.append(header(random)).append("\r\n");
    }
    if (random.nextInt(20) > 0) {
      head.append("Content-Type: application/json\r\n");
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    var request = new ByteArrayOutputStream();
    request.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    request.writeBytes(body);
    byte[] bytes =
        random.nextInt(10) == 0
            ? ByteMutations.of(request.toByteArray(), random)
            : request.toByteArray();
    return new Input(example.path, bytes, () -> use(bytes));
  }

  private static String header(RandomGenerator random) {
    List<String> headers =
        List.of(
            "Content-Length: " + random.nextInt(-2, 500),
            "Content-Length: 99999999999999999999",
            "Transfer-Encoding: chunked",
            "Transfer-Encoding: chunked, gzip",
            "Content-Encoding: gzip",
            "Content-Encoding: br",
            "Content-Type: text/plain",
            "Content-Type: application/json; charset=utf-16",
            "Expect: 100-continue",
            "Expect: 1",
            "Authorization: Bearer \u00e9",
            "Accept: image/png",
            "Accept-Encoding: gzip",
            "Range: bytes=0-1",
            "Host: a b",
            "Upgrade: h2c",
            "Origin: null",
            "X-Request-Id: " + "x".repeat(3000),
            "\u0001: \u0002",
            "X: " + "y".repeat(70_000));
    return headers.get(random.nextInt(headers.size()));
  }

  private void use(byte[] request) throws IOException {
    String answer = ask(request);
    if (answer.isEmpty()) {
      throw new Refusal("no answer: the connection was closed");
    }
    String line = answer.lines().findFirst().orElse("");
    if (!line.matches("HTTP/1\\.[01] [1-5]\\d\\d( .*)?")) {
      throw new AssertionError("not an answer: " + line);
    }
    int status = Integer.parseInt(line.substring(9, 12));
    if (status >= 500 && !OTHERS_FAULTS.contains(status)) {
      throw new AssertionError("a fault of the server: " + answer);
    }
    if (answer.contains("io.github.modernbert") || answer.contains("\tat ")) {
      throw new AssertionError("tells of its insides: " + answer);
    }
    if (status >= 300) {
      throw new Refusal(status + ": " + answer.substring(answer.indexOf("\r\n\r\n")).strip());
    }
  }

  /** Sends bytes, and nothing after them; what comes back until the connection is closed. */
  private String ask(byte[] request) throws IOException {
    var answer = new ByteArrayOutputStream();
    try (var socket = new Socket(server.getHost(), server.getPort())) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      try {
        socket.getOutputStream().write(request);
        socket.shutdownOutput();
        InputStream in = socket.getInputStream();
        in.transferTo(answer);
      } catch (SocketException e) {
        // The server does not read what it refuses, and the system then resets the connection.
      }
    }
    return answer.toString(StandardCharsets.UTF_8);
  }

  /** A request that was refused as it should be. */
  static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refusal(String answer) {
      super(answer);
    }
  }
}

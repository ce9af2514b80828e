package io.github.modernbert.fuzz;

import io.github.modernbert.hub.ImpatientClient;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * Answers of a hub, one of which is changed: its status, its headers, its JSON, or any of its
 * bytes, for ever or once. Some go over sockets, most without. Whatever comes of it, nothing is
 * written outside of the cache, what is in the cache has the hash that it is named by, and the
 * token goes to the hub alone.
 */
final class HubArea implements Area {
  private static final String NAME = "organisation/model";
  private static final String COMMIT = "c0ffee".repeat(7).substring(0, 40);
  private static final String TOKEN = "hf_secret";
  private static final String REVISION = "/api/models/" + NAME + "/revision/main";
  private static final String TREE = "/api/models/" + NAME + "/tree/" + COMMIT;
  private static final String FILES = "/" + NAME + "/resolve/" + COMMIT + "/";

  private static final Answer EMPTY_OBJECT = Answer.of("200", bytes("{}"));

  /** Of so many inputs one goes over sockets, which takes much longer. */
  private static final int SOCKETS = 64;

  private static final List<String> STATUSES =
      List.of(
          "200", "204", "206", "301", "302", "304", "307", "400", "401", "403", "404", "416", "429",
          "500", "503", "999", "abc");

  private final Map<String, byte[]> bodies = new TreeMap<>();
  private Path folder = Path.of("");
  private final RawServer hub = new RawServer(this::sent);

  /** Another server, which has an empty object for everything. */
  private final RawServer storage = new RawServer(path -> EMPTY_OBJECT.bytes());

  /** What went to another server than the hub, without sockets. */
  private final List<String> wentElsewhere = new ArrayList<>();

  private volatile Change change = new Change("", EMPTY_OBJECT, new byte[0], new AtomicInteger());

  /**
   * The answer that is not the right one.
   *
   * @param bytes what is sent of it over a socket
   * @param times how often it is given
   */
  private record Change(String path, Answer answer, byte[] bytes, AtomicInteger times) {
    boolean applies(String asked) {
      return path.equals(asked) && times.getAndDecrement() > 0;
    }
  }

  HubArea() throws IOException {}

  @Override
  public String name() {
    return "hub";
  }

  @Override
  public void prepare(Path value) throws IOException {
    folder = value;
    var files = new TreeMap<String, byte[]>();
    files.put("config.json", bytes("{\"model_type\": \"modernbert\"}"));
    files.put("tokenizer.json", bytes("{}"));
    files.put("model.safetensors", new byte[3000]);
    var listed = new StringBuilder();
    files.forEach((path, content) -> {
      bodies.put(FILES + path, content);
      String large =
          content.length < 1000
              ? ""
              : ",\"lfs\":{\"oid\":\"%s\",\"size\":%d}"
                  .formatted(hash("SHA-256", content), content.length);
      listed
          .append(listed.isEmpty() ? "" : ",")
          .append(
              "{\"type\":\"file\",\"path\":\"%s\",\"oid\":\"%s\",\"size\":%d%s}"
                  .formatted(path, gitHash(content), content.length, large));
    });
    bodies.put(TREE, bytes("[" + listed + "]"));
    bodies.put(
        REVISION,
        bytes(
            "{\"sha\":\"%s\",\"siblings\":[{\"rfilename\":\"config.json\"},{\"rfilename\":\"model.safetensors\"}]}"
                .formatted(COMMIT)));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String hash(String algorithm, byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      Arrays.stream(parts).forEach(digest::update);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static String gitHash(byte[] content) {
    return hash("SHA-1", bytes("blob " + content.length + "\0"), content);
  }

  /** What is sent over a socket. */
  private byte[] sent(String target) {
    String path = target.replaceFirst("\\?.*", "");
    Change now = change;
    return now.applies(path) ? now.bytes : right(path).bytes();
  }

  /** What is given without sockets. */
  private Answer given(HttpRequest request) throws IOException {
    String place = request.uri().getRawAuthority();
    if (place.equals(hub.address().getRawAuthority())) {
      String path = request.uri().getRawPath();
      Change now = change;
      return now.applies(path) ? now.answer : right(path);
    }
    wentElsewhere.add(request.uri().getRawPath() + " " + request.headers().map());
    if (place.equals(storage.address().getRawAuthority())) {
      return EMPTY_OBJECT;
    }
    throw new ConnectException();
  }

  private Answer right(String path) {
    byte[] body = bodies.get(path);
    return body == null
        ? new Answer(
            "404", List.of("X-Error-Code: EntryNotFound", "Content-Length: 0"), new byte[0])
        : Answer.of("200", body);
  }

  @Override
  public Input input(RandomGenerator random) {
    boolean sockets = random.nextInt(SOCKETS) == 0;
    List<String> paths = List.copyOf(bodies.keySet());
    String path = paths.get(random.nextInt(paths.size()));
    byte[] body = bodies.getOrDefault(path, new byte[0]);
    if (random.nextInt(3) > 0) {
      boolean isJson = path.startsWith("/api/");
      body = isJson ? JsonMutations.of(body, random) : ByteMutations.of(body, random);
    }
    var headers = new ArrayList<String>();
    for (int count = random.nextInt(3); count > 0; count--) {
      headers.add(header(random));
    }
    if (random.nextInt(8) > 0) {
      headers.add("Content-Length: " + body.length);
    }
    String status = random.nextInt(3) > 0 ? "200" : STATUSES.get(random.nextInt(STATUSES.size()));
    var answer = new Answer(status, headers, body);
    byte[] bytes = answer.bytes();
    byte[] sent = sockets && random.nextBoolean() ? ByteMutations.of(bytes, random) : bytes;
    int times = random.nextBoolean() ? 1 : Integer.MAX_VALUE;
    return new Input(
        path, sent, () -> use(new Change(path, answer, sent, new AtomicInteger(times)), sockets));
  }

  private String header(RandomGenerator random) {
    String elsewhere = storage.address().toString();
    List<String> headers =
        List.of(
            "Location: " + elsewhere + "/x",
            "Location: " + REVISION,
            "Location: file:///etc/passwd",
            "Location: //",
            "Location: http://[::1",
            "Location: http://127.0.0.1:99999/x",
            "Location: http://a_b/x",
            "Location: http://127.0.0.1:1/ x",
            "Location: ?\u00e9",
            "Location: http://" + TOKEN + "@127.0.0.1:1/",
            "Link: <" + elsewhere + "/x>; rel=\"next\"",
            "Link: <" + TREE + "?cursor=1>; rel=\"next\"",
            "Link: <%%%>; rel=next",
            "Content-Length: " + random.nextInt(-2, 5000),
            "Content-Length: 99999999999999999999",
            "Content-Range: bytes 5-6/7",
            "Transfer-Encoding: chunked",
            "Content-Encoding: gzip",
            "ETag: \"../../x\"",
            "ETag: W/\"" + "0".repeat(40) + '"',
            "X-Linked-Etag: \"" + "0".repeat(64) + '"',
            "X-Linked-Size: -1",
            "X-Repo-Commit: main",
            "X-Error-Code: GatedRepo",
            "X-Error-Message: " + "x".repeat(5000),
            "Retry-After: 1",
            "Retry-After: 999999999999",
            "Set-Cookie: a=b",
            "\u0001: \u0002",
            "X: " + "y".repeat(70_000));
    return headers.get(random.nextInt(headers.size()));
  }

  private void use(Change value, boolean sockets) throws IOException {
    change = value;
    Path cache = folder.resolve("cache");
    Path home = folder.resolve("home");
    var environment =
        Map.of(
            "HF_HUB_CACHE",
            cache.toString(),
            "HF_ENDPOINT",
            hub.address().toString(),
            "HF_TOKEN",
            TOKEN,
            "NO_PROXY",
            "*",
            "HF_HUB_ETAG_TIMEOUT",
            "5",
            "HF_HUB_DOWNLOAD_TIMEOUT",
            "5");
    try {
      if (sockets) {
        ImpatientClient.snapshot(environment, home, NAME);
      } else {
        ImpatientClient.snapshot(environment, home, NAME, new NoNetwork(this::given));
      }
    } finally {
      check(cache);
      hub.takeHeads();
      delete(cache);
    }
  }

  private void check(Path cache) throws IOException {
    wentElsewhere.addAll(storage.takeHeads());
    List<String> sent = List.copyOf(wentElsewhere);
    wentElsewhere.clear();
    for (String line : sent) {
      if (line.contains(TOKEN)) {
        throw new AssertionError("the token went to another server: " + line);
      }
    }
    try (var beside = Files.list(folder)) {
      beside
          .filter(file -> !file.equals(cache))
          .forEach(file -> {
            throw new AssertionError("written outside of the cache: " + file);
          });
    }
    Path blobs = cache.resolve("models--organisation--model/blobs");
    if (Files.exists(blobs)) {
      try (var files = Files.list(blobs)) {
        for (Path blob : files.toList()) {
          checkHash(blob.getFileName().toString(), Files.readAllBytes(blob));
        }
      }
    }
  }

  private static void checkHash(String name, byte[] content) {
    List<String> right =
        List.of(hash("SHA-256", content), gitHash(content), hash("SHA-1", content));
    boolean hasHash = name.matches("[0-9a-f]{40}|[0-9a-f]{64}");
    if (hasHash && !right.contains(name)) {
      throw new AssertionError("a blob does not have the hash that it is named by: " + name);
    }
  }

  private static void delete(Path root) throws IOException {
    if (Files.exists(root)) {
      try (var tree = Files.walk(root)) {
        for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}

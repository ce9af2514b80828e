package io.github.modernbert.fuzz;

import io.github.modernbert.hub.ImpatientClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Answers of a hub, one of which is changed: its status, its headers, its JSON, or any of its
 * bytes. Whatever comes of it, nothing is written outside of the cache, what is in the cache has
 * the hash that it is named by, and the token goes to the hub alone.
 */
final class HubArea implements Area {
  private static final String NAME = "organisation/model";
  private static final String COMMIT = "c0ffee".repeat(7).substring(0, 40);
  private static final String TOKEN = "hf_secret";
  private static final String REVISION = "/api/models/" + NAME + "/revision/main";
  private static final String TREE = "/api/models/" + NAME + "/tree/" + COMMIT;
  private static final String FILES = "/" + NAME + "/resolve/" + COMMIT + "/";

  private static final List<String> STATUSES =
      List.of(
          "200", "204", "206", "301", "302", "304", "307", "400", "401", "403", "404", "416", "429",
          "500", "503", "999", "abc");

  private final Map<String, byte[]> bodies = new TreeMap<>();
  private Path folder = Path.of("");
  private final RawServer hub = new RawServer(this::answer);

  /** Another server, which has an empty object for everything. */
  private final RawServer storage =
      new RawServer(path -> join(head("200", "Content-Length: 2\r\n"), bytes("{}")));

  /** The path whose answer is changed, and the answer. */
  private volatile Map.Entry<String, byte[]> changed = Map.entry("", new byte[0]);

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

  private static byte[] head(String status, String headers) {
    return bytes("HTTP/1.1 %s x\r\n%sConnection: close\r\n\r\n".formatted(status, headers));
  }

  private byte[] answer(String target) {
    String path = target.replaceFirst("\\?.*", "");
    Map.Entry<String, byte[]> other = changed;
    if (path.equals(other.getKey())) {
      return other.getValue();
    }
    byte[] body = bodies.get(path);
    return body == null
        ? head("404", "X-Error-Code: EntryNotFound\r\nContent-Length: 0\r\n")
        : join(head("200", "Content-Length: %d\r\n".formatted(body.length)), body);
  }

  private static byte[] join(byte[]... parts) {
    var joined = new ByteArrayOutputStream();
    Arrays.stream(parts).forEach(joined::writeBytes);
    return joined.toByteArray();
  }

  @Override
  public Input input(RandomGenerator random) {
    List<String> paths = List.copyOf(bodies.keySet());
    String path = paths.get(random.nextInt(paths.size()));
    byte[] body = bodies.getOrDefault(path, new byte[0]);
    if (random.nextInt(3) > 0) {
      boolean isJson = path.startsWith("/api/");
      body = isJson ? JsonMutations.of(body, random) : ByteMutations.of(body, random);
    }
    var headers = new StringBuilder();
    for (int count = random.nextInt(3); count > 0; count--) {
      headers.append(header(random)).append("\r\n");
    }
    if (random.nextInt(8) > 0) {
      headers.append("Content-Length: ").append(body.length).append("\r\n");
    }
    String status = random.nextInt(3) > 0 ? "200" : STATUSES.get(random.nextInt(STATUSES.size()));
    byte[] answer = join(head(status, headers.toString()), body);
    byte[] bytes = random.nextInt(4) == 0 ? ByteMutations.of(answer, random) : answer;
    return new Input(path, bytes, () -> use(path, bytes));
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

  private void use(String path, byte[] answer) throws IOException {
    changed = Map.entry(path, answer);
    Path cache = folder.resolve("cache");
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
      ImpatientClient.snapshot(environment, folder.resolve("home"), NAME);
    } finally {
      check(cache);
      hub.takeHeads();
      delete(cache);
    }
  }

  private void check(Path cache) throws IOException {
    for (String line : storage.takeHeads()) {
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

package io.github.modernbert.hub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * A hub on the loopback interface with one model, {@link #NAME}, and a second server that large
 * files are redirected to. Answers as the real one does, unless faults are ordered.
 */
final class FakeHub implements AutoCloseable {
  static final String NAME = "organisation/model";

  /** Kept outside of git from this size on. */
  private static final int LARGE = 1000;

  private static final String REPO = "/" + NAME + "/resolve/";
  private static final String API = "/api/models/" + NAME;

  /** A request as it was received. */
  record Request(
      String server,
      String method,
      String path,
      String range,
      String token,
      String proxyAuthorization) {}

  /** A commit of the model. */
  record Commit(String id, Map<String, byte[]> files) {}

  /** How to answer a request instead of the right way. */
  @FunctionalInterface
  interface Fault {
    /** Answers, or changes what is going to be answered and returns false. */
    boolean answer(HttpExchange exchange, byte[] content) throws IOException;
  }

  final List<Request> requests = new CopyOnWriteArrayList<>();
  private final Map<String, Commit> revisions = new ConcurrentHashMap<>();
  private final Map<String, Deque<Fault>> faults = new ConcurrentHashMap<>();
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer hub;
  private final HttpServer storage;
  private volatile boolean printing;
  private volatile int pageSize = Integer.MAX_VALUE;
  private volatile Optional<String> listing = Optional.empty();
  private volatile Optional<Mirror> mirror = Optional.empty();

  /**
   * The details of files that a mirror, which lists no commits, gives when it is asked for a
   * revision.
   */
  enum Mirror {
    /** Their names. */
    NAMES,
    /** Hashes and sizes too, if it is asked for them. */
    BLOBS
  }

  FakeHub() {
    hub = start();
    storage = start();
    hub.createContext("/", exchange -> handle("hub", exchange, this::answer));
    storage.createContext("/", exchange -> handle("storage", exchange, this::answerStored));
  }

  private HttpServer start() {
    try {
      var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setExecutor(workers);
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Serves the files of a folder, or the small model, for clients in other languages: prints its
   * address, and the requests that come, until standard input ends.
   */
  public static void main(String[] args) throws IOException {
    try (var hub = new FakeHub()) {
      hub.commit("main", args.length > 0 ? folder(Path.of(args[0])) : smallModel());
      hub.printing = true;
      System.out.println(hub.endpoint());
      System.in.transferTo(OutputStream.nullOutputStream());
    }
  }

  /** The files of a folder, by their paths in it. */
  static Map<String, byte[]> folder(Path folder) {
    var files = new TreeMap<String, byte[]>();
    try (var tree = Files.walk(folder)) {
      for (Path file : tree.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(file).toString(), Files.readAllBytes(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  /** Files as small as a model's can be for what does not load it. */
  static Map<String, byte[]> smallModel() {
    var files = new TreeMap<String, byte[]>();
    files.put("config.json", bytes("{\"model_type\": \"modernbert\"}\n"));
    files.put("tokenizer.json", bytes("{}"));
    files.put("1_Pooling/config.json", bytes("{\"pooling_mode\": \"cls\"}"));
    files.put("README.md", bytes("not needed"));
    files.put("pytorch_model.bin", bytes("not needed"));
    files.put("onnx/model.onnx", bytes("not needed"));
    files.put("model.safetensors", weights(0));
    return files;
  }

  /** Bytes that differ everywhere, so that mixed-up parts are noticed. */
  static byte[] weights(int seed) {
    var bytes = ByteBuffer.allocate(200_000);
    for (int i = seed; bytes.hasRemaining(); i++) {
      bytes.putInt(i * 0x9E3779B9);
    }
    return bytes.array();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + hub.getAddress().getPort());
  }

  /** Lets a branch be a commit of these files; returns the commit. */
  String commit(String branch, Map<String, byte[]> files) {
    String all =
        files.entrySet().stream()
            .map(entry -> entry.getKey() + gitHash(entry.getValue()))
            .collect(Collectors.joining());
    var commit = new Commit(gitHash(bytes(all)), new LinkedHashMap<>(files));
    revisions.put(branch, commit);
    revisions.put(commit.id(), commit);
    return commit.id();
  }

  /** Orders a fault for the next request of that path, after those ordered before. */
  void next(String path, Fault fault) {
    faults.computeIfAbsent(path, key -> new ArrayDeque<>()).add(fault);
  }

  void next(String path, int times, Fault fault) {
    for (int i = 0; i < times; i++) {
      next(path, fault);
    }
  }

  /** Splits listings into pages. */
  void pageSize(int files) {
    pageSize = files;
  }

  /** Lists something else. */
  void listing(String json) {
    listing = Optional.of(json);
  }

  /** Answers as a mirror, which also sends a file as it is wherever it is kept. */
  void mirror(Mirror value) {
    mirror = Optional.of(value);
  }

  /** The path of a file's content on the hub. */
  static String file(String commit, String path) {
    return REPO + commit + "/" + path;
  }

  static String revision(String revision) {
    return API + "/revision/" + revision;
  }

  static String tree(String commit) {
    return API + "/tree/" + commit;
  }

  /** How often a path, or all that begin with it, was asked for. */
  long count(String prefix) {
    return requests.stream().filter(request -> request.path().startsWith(prefix)).count();
  }

  static Fault status(int status, String... headers) {
    return (exchange, content) -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
      }
      exchange.sendResponseHeaders(status, -1);
      return true;
    };
  }

  /** Says the right length, gives some bytes and closes the connection. */
  static Fault breakAfter(int count) {
    return (exchange, content) -> {
      int from = from(exchange);
      exchange.getResponseHeaders().set("Content-Range", range(from, content.length));
      exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
      exchange.getResponseBody().write(content, from, count);
      exchange.getResponseBody().flush();
      return true;
    };
  }

  /** Gives the content with something done to it, whatever was asked for. */
  static Fault instead(byte[] other) {
    return (exchange, content) -> {
      exchange.sendResponseHeaders(200, other.length);
      exchange.getResponseBody().write(other);
      return true;
    };
  }

  @FunctionalInterface
  private interface Handler {
    void handle(HttpExchange exchange, String path) throws IOException;
  }

  private void handle(String server, HttpExchange exchange, Handler handler) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      var headers = exchange.getRequestHeaders();
      requests.add(
          new Request(
              server,
              exchange.getRequestMethod(),
              path,
              String.valueOf(headers.getFirst("Range")),
              String.valueOf(headers.getFirst("Authorization")),
              String.valueOf(headers.getFirst("Proxy-Authorization"))));
      if (printing) {
        System.out.println(server + " " + exchange.getRequestMethod() + " " + path);
      }
      handler.handle(exchange, path);
    }
  }

  private boolean faulty(HttpExchange exchange, String path, byte[] content) throws IOException {
    Deque<Fault> ordered = faults.get(path);
    Fault fault;
    synchronized (this) {
      fault = ordered == null ? null : ordered.poll();
    }
    return fault != null && fault.answer(exchange, content);
  }

  private void answer(HttpExchange exchange, String path) throws IOException {
    if (path.startsWith(REPO)) {
      answerFile(exchange, path);
    } else if (!faulty(exchange, path, new byte[0])) {
      answerApi(exchange, path);
    }
  }

  private void answerApi(HttpExchange exchange, String path) throws IOException {
    Commit commit = revisions.get(path.substring(path.lastIndexOf('/') + 1));
    if (path.startsWith(API + "/revision/")) {
      String raw = exchange.getRequestURI().getRawPath();
      String revision = raw.substring(raw.lastIndexOf('/') + 1).replace("%2F", "/");
      commit = revisions.get(revision);
    }
    if (!path.startsWith(API)) {
      status(401, "X-Error-Code", "RepoNotFound").answer(exchange, new byte[0]);
    } else if (commit == null) {
      status(404, "X-Error-Code", "RevisionNotFound").answer(exchange, new byte[0]);
    } else if (path.startsWith(API + "/tree/") && mirror.isPresent()) {
      status(400).answer(exchange, new byte[0]);
    } else if (path.startsWith(API + "/tree/")) {
      answerTree(exchange, commit);
    } else if (mirror.isPresent()) {
      answerMirror(exchange, commit, mirror.get());
    } else {
      json(exchange, "{\"id\": \"%s\", \"sha\": \"%s\"}".formatted(NAME, commit.id()));
    }
  }

  private void answerTree(HttpExchange exchange, Commit commit) throws IOException {
    String query = exchange.getRequestURI().getQuery();
    int start = query.contains("cursor=") ? Integer.parseInt(query.replaceAll(".*cursor=", "")) : 0;
    if (start + (long) pageSize < commit.files().size()) {
      exchange
          .getResponseHeaders()
          .set(
              "Link",
              "<%s%s?recursive=true&cursor=%d>; rel=\"next\""
                  .formatted(endpoint(), tree(commit.id()), start + pageSize));
    }
    String entries =
        commit.files().entrySet().stream()
            .skip(start)
            .limit(pageSize)
            .map(file -> entry(file.getKey(), file.getValue()))
            .collect(Collectors.joining(","));
    json(
        exchange,
        listing.orElse(
            "[{\"type\":\"directory\",\"path\":\"x\",\"oid\":\"%s\",\"size\":0},%s]"
                .formatted(commit.id(), entries)));
  }

  private static void answerMirror(HttpExchange exchange, Commit commit, Mirror mirror)
      throws IOException {
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    boolean blobs = mirror == Mirror.BLOBS && query.equals("blobs=true");
    String siblings =
        commit.files().entrySet().stream()
            .map(file -> sibling(file.getKey(), file.getValue(), blobs))
            .collect(Collectors.joining(","));
    json(exchange, "{\"sha\": \"%s\", \"siblings\": [%s]}".formatted(commit.id(), siblings));
  }

  private static String sibling(String path, byte[] content, boolean blobs) {
    String lfs =
        content.length < LARGE
            ? ""
            : ",\"lfs\":{\"sha256\":\"%s\",\"size\":%d}".formatted(sha256(content), content.length);
    String blob =
        ",\"blobId\":\"%s\",\"size\":%d%s".formatted(gitHash(content), content.length, lfs);
    return "{\"rfilename\":\"%s\"%s}".formatted(path, blobs ? blob : "");
  }

  /** A file as the hub lists it. */
  static String entry(String path, byte[] content) {
    String lfs =
        content.length < LARGE
            ? ""
            : ",\"lfs\":{\"oid\":\"%s\",\"size\":%d,\"pointerSize\":131}"
                .formatted(sha256(content), content.length);
    return "{\"type\":\"file\",\"path\":\"%s\",\"oid\":\"%s\",\"size\":%d%s}"
        .formatted(path, gitHash(content), content.length, lfs);
  }

  private void answerFile(HttpExchange exchange, String path) throws IOException {
    String rest = path.substring(REPO.length());
    String revision = rest.substring(0, rest.indexOf('/'));
    Commit commit = revisions.get(revision);
    byte[] content =
        commit == null ? null : commit.files().get(rest.substring(revision.length() + 1));
    if (commit == null || content == null) {
      status(404, "X-Error-Code", "EntryNotFound").answer(exchange, new byte[0]);
      return;
    }
    if (faulty(exchange, path, content)) {
      return;
    }
    var headers = exchange.getResponseHeaders();
    headers.set("X-Repo-Commit", commit.id());
    if (content.length < LARGE || mirror.isPresent()) {
      headers.set(
          "ETag", '"' + (content.length < LARGE ? gitHash(content) : sha256(content)) + '"');
      send(exchange, content);
    } else {
      headers.set("X-Linked-Etag", '"' + sha256(content) + '"');
      headers.set("X-Linked-Size", String.valueOf(content.length));
      headers.set(
          "Location", "http://127.0.0.1:" + storage.getAddress().getPort() + "/stored" + path);
      exchange.sendResponseHeaders(302, -1);
    }
  }

  private void answerStored(HttpExchange exchange, String path) throws IOException {
    String rest = path.substring(("/stored" + REPO).length());
    String revision = rest.substring(0, rest.indexOf('/'));
    byte[] content =
        Objects.requireNonNull(revisions.get(revision))
            .files()
            .getOrDefault(rest.substring(revision.length() + 1), new byte[0]);
    if (!faulty(exchange, path, content)) {
      send(exchange, content);
    }
  }

  private static void send(HttpExchange exchange, byte[] content) throws IOException {
    int from = from(exchange);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", String.valueOf(content.length));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    if (from > 0) {
      exchange.getResponseHeaders().set("Content-Range", range(from, content.length));
    }
    byte[] part = Arrays.copyOfRange(content, from, content.length);
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, part.length == 0 ? -1 : part.length);
    exchange.getResponseBody().write(part);
  }

  private static int from(HttpExchange exchange) {
    String range = exchange.getRequestHeaders().getFirst("Range");
    return range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
  }

  private static String range(int from, int length) {
    return "bytes %d-%d/%d".formatted(from, length - 1, length);
  }

  private static void json(HttpExchange exchange, String text) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, bytes(text).length);
    exchange.getResponseBody().write(bytes(text));
  }

  static String gitHash(byte[] content) {
    return hash(Checksum.gitBlob(content.length), content);
  }

  static String sha256(byte[] content) {
    return hash(Checksum.sha256(), content);
  }

  private static String hash(Checksum checksum, byte[] content) {
    checksum.update(ByteBuffer.wrap(content));
    return checksum.hex();
  }

  @Override
  public void close() {
    hub.stop(0);
    storage.stop(0);
    workers.shutdownNow();
  }
}

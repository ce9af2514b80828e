package io.github.modernbert.hub;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Requests to the hub. Redirects are followed here, since the token must go to the hub's own origin
 * and to no other.
 */
final class HubHttp implements AutoCloseable {
  /** No answer that is kept in memory may be longer. */
  private static final int LARGEST_DOCUMENT = 32 << 20;

  private static final int LARGEST_REDIRECT = 1 << 16;
  private static final int MOST_REDIRECTS = 10;
  private static final int OK = 200;
  private static final int FIRST_REDIRECT = 300;
  private static final int FIRST_ERROR = 400;
  private static final int PROXY_WANTS_PASSWORD = 407;
  private static final String PROXY_PASSWORD =
      "the proxy wants a name and a password (407); give them in HTTPS_PROXY as"
          + " http://name:password@proxy.example:8080 and start the JVM with"
          + " -Djdk.http.auth.tunneling.disabledSchemes=, without which it does not send them";

  private static final Set<Integer> TRANSIENT = Set.of(408, 429, 500, 502, 503, 504);

  private final HubSettings settings;
  private final HttpClient client;

  HubHttp(HubSettings settings, Connector connector) {
    this.settings = settings;
    client = connector.connect(settings);
  }

  /** Makes the client that sends requests. A test makes one that answers them itself. */
  @FunctionalInterface
  interface Connector {
    /** The client of the JDK. */
    Connector OF_JDK =
        settings ->
            HttpClient.newBuilder()
                .connectTimeout(settings.answerTimeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(settings.proxies())
                .build();

    /** A client that does not follow redirects. */
    HttpClient connect(HubSettings settings);
  }

  /** Hears of the first answer's headers, before any redirect is followed. */
  @FunctionalInterface
  interface HeaderCheck {
    void check(HttpResponse<?> answer);
  }

  /** A document of the hub's interface, and where its next part is, if there is one. */
  record Document(String text, Optional<URI> next) {}

  /**
   * Gets a document.
   *
   * @throws IOException if that may go better later
   */
  Document document(RepoName name, URI uri) throws IOException, InterruptedException {
    HttpResponse<TimedBody> answer = follow(name, uri, 0, first -> {});
    try (TimedBody body = answer.body()) {
      byte[] bytes =
          body.readAll(LARGEST_DOCUMENT)
              .orElseThrow(() ->
                  new HubException(
                      HubException.Reason.SERVER,
                      "%s: the answer has more than %d MiB"
                          .formatted(uri, LARGEST_DOCUMENT >> 20)));
      return new Document(
          new String(bytes, StandardCharsets.UTF_8),
          NextLink.of(answer).map(link -> resolve(uri, link)));
    }
  }

  /**
   * Begins to get a file; close the body.
   *
   * @param from the first byte that is wanted; the server may begin at 0 nevertheless
   * @param check may refuse the hub's own answer
   * @throws IOException if that may go better later
   */
  HttpResponse<TimedBody> content(RepoName name, URI uri, long from, HeaderCheck check)
      throws IOException, InterruptedException {
    return follow(name, uri, from, check);
  }

  private HttpResponse<TimedBody> follow(RepoName name, URI start, long from, HeaderCheck check)
      throws IOException, InterruptedException {
    URI uri = start;
    for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      HttpResponse<TimedBody> answer = send(uri, from);
      int status = answer.statusCode();
      if (status >= FIRST_ERROR || status < OK) {
        answer.body().close();
        if (status == PROXY_WANTS_PASSWORD) {
          throw new HubException(HubException.Reason.UNREACHABLE, PROXY_PASSWORD);
        }
        if (TRANSIENT.contains(status)) {
          throw new TransientFailure(
              "%s answers %d".formatted(uri.getHost(), status), retryAfter(answer));
        }
        throw HubErrors.of(name, settings, uri, answer);
      }
      if (redirects == 0) {
        check.check(answer);
      }
      if (status < FIRST_REDIRECT) {
        return answer;
      }
      try (TimedBody body = answer.body()) {
        // So that the connection can be used again.
        body.readAll(LARGEST_REDIRECT);
      }
      uri = target(uri, answer);
    }
    throw new HubException(
        HubException.Reason.SERVER, start + ": more than " + MOST_REDIRECTS + " redirects");
  }

  private HttpResponse<TimedBody> send(URI uri, long from)
      throws IOException, InterruptedException {
    // Refuses what is wrong with a proxy, which the client would report as a fault of its own.
    settings.proxies().select(uri);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .header("User-Agent", "modernbert-hub; java/" + Runtime.version().feature())
            .header("Accept-Encoding", "identity");
    if (uri.getScheme().equalsIgnoreCase("http")) {
      // Without TLS the second version is offered by an upgrade, which some proxies refuse.
      request.version(HttpClient.Version.HTTP_1_1);
    }
    if (from > 0) {
      request.header("Range", "bytes=" + from + "-");
    }
    if (isHub(uri)) {
      settings.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
    }
    // Not the request's own timeout: newer JDKs mean it for the whole body, which may take hours.
    settings
        .proxies()
        .authorization(uri)
        .ifPresent(value -> request.header("Proxy-Authorization", value));
    // The handler must not hold this object: the JDK frees a client when nobody holds it, and an
    // exchange that did not end holds its handler.
    Duration readTimeout = settings.readTimeout();
    CompletableFuture<HttpResponse<TimedBody>> answer =
        client.sendAsync(request.build(), info -> new TimedBody(readTimeout));
    try {
      return answer.get(settings.answerTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw failure(uri, e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      throw new IOException(
          "%s does not answer within %d s"
              .formatted(uri.getHost(), settings.answerTimeout().toSeconds()),
          e);
    } finally {
      answer.cancel(true);
    }
  }

  /** The JDK's own messages do not name the host, and often there is none at all. */
  private static IOException failure(URI uri, Throwable e) {
    boolean unknown =
        e.getCause() instanceof ConnectException cause
            && cause.getCause() instanceof UnresolvedAddressException;
    boolean refused = e instanceof ConnectException && e.getMessage() == null;
    String reason =
        unknown
            ? "the host is not known"
            : refused
                ? "the connection is refused"
                : HubErrors.shown(String.valueOf(e.getMessage()));
    return new IOException("cannot reach %s: %s".formatted(uri.getHost(), reason), e);
  }

  private boolean isHub(URI uri) {
    return origin(uri).equals(origin(settings.endpoint()));
  }

  private static String origin(URI uri) {
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    int usual = scheme.equals("https") ? 443 : 80;
    int port = uri.getPort() < 0 ? usual : uri.getPort();
    return scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + ":" + port;
  }

  /** Where an answer leads. */
  private static URI resolve(URI uri, String link) {
    try {
      return uri.resolve(link);
    } catch (IllegalArgumentException e) {
      throw new HubException(HubException.Reason.SERVER, uri + ": leads to what is no address", e);
    }
  }

  private static URI target(URI uri, HttpResponse<?> answer) {
    String location = answer.headers().firstValue("Location").orElse("");
    URI target = resolve(uri, location);
    String scheme = String.valueOf(target.getScheme()).toLowerCase(Locale.ROOT);
    boolean secure = scheme.equals("https");
    boolean allowed = secure || scheme.equals("http") && uri.getScheme().equalsIgnoreCase("http");
    if (location.isEmpty() || target.getHost() == null || !allowed) {
      throw new HubException(
          HubException.Reason.SERVER,
          "%s: redirects to %s, which is not followed"
              .formatted(uri, location.isEmpty() ? "nowhere" : "a " + scheme + " address"));
    }
    return target;
  }

  private static Optional<Duration> retryAfter(HttpResponse<?> answer) {
    return answer
        .headers()
        .firstValue("Retry-After")
        .map(String::strip)
        .filter(text -> text.matches("\\d{1,9}"))
        .map(text -> Duration.ofSeconds(Long.parseLong(text)));
  }

  /** Ends all connections. */
  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}

package io.github.modernbert.fuzz;

import java.io.EOFException;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProtocolException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow.Subscription;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;

/**
 * A client of HTTP whose requests go nowhere: answers are made at once, by the thread that asks, as
 * the JDK's client would hand them on. Much quicker than sockets, so that many more can be tried;
 * what the JDK makes of bytes that are no HTTP only sockets tell.
 */
final class NoNetwork extends HttpClient {
  /** A body comes in pieces of so many bytes. */
  private static final int PIECE = 1000;

  private static final int NO_CONTENT = 204;
  private static final int NOT_MODIFIED = 304;

  private final Server server;

  NoNetwork(Server server) {
    this.server = server;
  }

  /** Answers requests. */
  @FunctionalInterface
  interface Server {
    /**
     * @throws IOException if there is nothing at the address
     */
    Answer answer(HttpRequest request) throws IOException;
  }

  private record Response<T>(HttpRequest request, int statusCode, HttpHeaders headers, T body)
      implements HttpResponse<T> {
    @Override
    public Optional<HttpResponse<T>> previousResponse() {
      return Optional.empty();
    }

    @Override
    public Optional<SSLSession> sslSession() {
      return Optional.empty();
    }

    @Override
    public URI uri() {
      return request.uri();
    }

    @Override
    public Version version() {
      return Version.HTTP_1_1;
    }
  }

  private record Info(int statusCode, HttpHeaders headers) implements HttpResponse.ResponseInfo {
    @Override
    public Version version() {
      return Version.HTTP_1_1;
    }
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    try {
      Answer answer = server.answer(request);
      var info = new Info(status(answer), headers(answer));
      BodySubscriber<T> subscriber = handler.apply(info);
      subscriber.onSubscribe(new Body(subscriber, info, answer.body()));
      return subscriber
          .getBody()
          .<HttpResponse<T>>thenApply(
              body -> new Response<>(request, info.statusCode(), info.headers(), body))
          .toCompletableFuture();
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static int status(Answer answer) throws IOException {
    if (!answer.status().matches("\\d{3}")) {
      throw new ProtocolException("Invalid status line: " + answer.status());
    }
    return Integer.parseInt(answer.status());
  }

  private static HttpHeaders headers(Answer answer) throws IOException {
    var headers = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
    for (String line : answer.headers()) {
      int colon = line.indexOf(':');
      String name = line.substring(0, colon);
      if (!name.matches("[\\w-]+")) {
        throw new ProtocolException("Invalid header name: " + name);
      }
      headers
          .computeIfAbsent(name, key -> new ArrayList<>())
          .add(line.substring(colon + 1).strip());
    }
    return HttpHeaders.of(headers, (name, value) -> true);
  }

  /** Hands a body on, piece by piece as it is asked for, as far as its length is as told. */
  private static final class Body implements Subscription {
    private final BodySubscriber<?> subscriber;
    private final byte[] bytes;
    private final long told;
    private int position;
    private boolean ended;

    Body(BodySubscriber<?> subscriber, Info info, byte[] bytes) throws IOException {
      this.subscriber = subscriber;
      this.bytes = bytes;
      boolean isEmpty = info.statusCode() == NO_CONTENT || info.statusCode() == NOT_MODIFIED;
      told = isEmpty ? 0 : length(info.headers(), bytes.length);
    }

    private static long length(HttpHeaders headers, long sent) throws IOException {
      if (headers.firstValue("Transfer-Encoding").isPresent()) {
        throw new ProtocolException("Invalid chunk header");
      }
      String length = headers.firstValue("Content-Length").orElse(String.valueOf(sent));
      if (!length.matches("\\d{1,18}")) {
        throw new ProtocolException("Invalid value for content-length: " + length);
      }
      return Long.parseLong(length);
    }

    @Override
    public void request(long pieces) {
      long end = Math.min(told, bytes.length);
      for (long left = pieces; left > 0 && !ended && position < end; left--) {
        int next = (int) Math.min(end, position + PIECE);
        var piece = ByteBuffer.wrap(Arrays.copyOfRange(bytes, position, next));
        position = next;
        subscriber.onNext(List.of(piece.asReadOnlyBuffer()));
      }
      if (!ended && position == end) {
        ended = true;
        if (told > end) {
          subscriber.onError(new EOFException("EOF reached while reading"));
        } else {
          subscriber.onComplete();
        }
      }
    }

    @Override
    public void cancel() {
      ended = true;
    }
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request,
      HttpResponse.BodyHandler<T> handler,
      HttpResponse.PushPromiseHandler<T> pushes) {
    return sendAsync(request, handler);
  }

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    return sendAsync(request, handler).join();
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return Optional.empty();
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return Optional.empty();
  }

  @Override
  public Redirect followRedirects() {
    return Redirect.NEVER;
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return Optional.empty();
  }

  @Override
  public SSLContext sslContext() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public SSLParameters sslParameters() {
    return new SSLParameters();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return Optional.empty();
  }

  @Override
  public Version version() {
    return Version.HTTP_1_1;
  }

  @Override
  public Optional<Executor> executor() {
    return Optional.empty();
  }

  @Override
  public void shutdownNow() {
    // There is nothing to end.
  }

  @Override
  public void close() {
    // There is nothing to end.
  }
}

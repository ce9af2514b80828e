package io.github.modernbert.server.http;

import io.github.modernbert.server.config.Settings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Listens at a port or a socket, and answers each request on a virtual thread of its own. Platform
 * threads only move bytes, so a request that computes does not keep others from arriving.
 */
public final class HttpServer implements AutoCloseable {
  private static final int IO_THREADS = 8;
  private static final int HEADER_BYTES = 16 * 1024;

  /** Connections beside those whose requests compute: clients keep them open when they rest. */
  private static final int RESTING_CONNECTIONS = 2048;

  private final Server server;
  private final AbstractConnector connector;
  private final Settings.Listen listen;
  private final InFlight inFlight = new InFlight();

  /**
   * Prepares a server that does not listen yet.
   *
   * @throws IllegalArgumentException if the files of TLS cannot be used
   */
  public HttpServer(Routes routes, Settings settings, RequestObserver observer) {
    listen = settings.listen();
    var threads = new QueuedThreadPool(IO_THREADS);
    threads.setName("http");
    threads.setVirtualThreadsExecutor(
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("request-", 0).factory()));
    server = new Server(threads, null, buffers());
    server.setErrorHandler(new JsonErrors(routes));
    connector = connector();
    connector.setIdleTimeout(settings.limits().requestTimeout().toMillis());
    connector.addBean(
        new SlowHeaders(connector.getScheduler(), settings.limits().requestTimeout()));
    server.addConnector(connector);
    server.addBean(
        new NetworkConnectionLimit(
            settings.limits().maxConcurrentRequests() + RESTING_CONNECTIONS, connector));
    server.setHandler(new Dispatcher(routes, settings, inFlight, observer));
  }

  /**
   * Buffers of which none is used again. Jetty (its issue 12939) has what is no HTTP answered by
   * another thread than the one that reads the connection, and the end of that answer has a third
   * one read it, while the first may still be at it: the buffer that one of them gives back the
   * other goes on to use. A pool would have lent it to another connection by then, which so gets
   * the answer to another's request.
   */
  static ByteBufferPool buffers() {
    return new ByteBufferPool.NonPooling();
  }

  private AbstractConnector connector() {
    var http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setUseInputDirectByteBuffers(false);
    http.setUseOutputDirectByteBuffers(false);
    http.setRequestHeaderSize(HEADER_BYTES);
    http.setUriCompliance(UriCompliance.DEFAULT);
    if (listen.unixSocket().isPresent()) {
      var socket = new UnixDomainServerConnector(server, new HttpConnectionFactory(http));
      socket.setUnixDomainPath(listen.unixSocket().get());
      return socket;
    }
    ServerConnector port;
    if (listen.tls().isPresent()) {
      var tls = new SslContextFactory.Server();
      tls.setKeyStore(PemFiles.read(listen.tls().get()));
      tls.setKeyStorePassword("");
      // Clients reach the server by an address too, which no certificate names.
      var customizer = new SecureRequestCustomizer();
      customizer.setSniHostCheck(false);
      http.addCustomizer(customizer);
      port =
          new ServerConnector(
              server,
              1,
              1,
              AbstractConnectionFactory.getFactories(tls, new HttpConnectionFactory(http)));
    } else {
      port = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    }
    port.setHost(listen.host());
    port.setPort(listen.port());
    return port;
  }

  /**
   * Begins to listen.
   *
   * @throws IOException if that cannot be done, such as a {@link java.net.BindException} if the
   *     address is in use
   */
  public void start() throws IOException {
    if (listen.unixSocket().isPresent()) {
      removeSocketLeftBehind(listen.unixSocket().get());
    }
    try {
      server.start();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  /** A server that was killed leaves its socket behind. */
  private static void removeSocketLeftBehind(Path socket) throws IOException {
    if (Files.exists(socket)) {
      if (!Files.readAttributes(socket, BasicFileAttributes.class).isOther()) {
        throw new IOException(socket + " is there and is no socket");
      }
      Files.delete(socket);
    }
  }

  /** Where clients find the server. */
  public URI address() {
    if (listen.unixSocket().isPresent()) {
      Path socket = listen.unixSocket().get().toAbsolutePath();
      return URI.create("unix:" + socket.toUri().getRawPath());
    }
    String host = listen.host().contains(":") ? "[" + listen.host() + "]" : listen.host();
    String scheme = listen.tls().isPresent() ? "https" : "http";
    // Not by a format, whose digits are those of the default locale.
    return URI.create(scheme + "://" + host + ":" + ((ServerConnector) connector).getLocalPort());
  }

  /** How many requests are under way. */
  public int requestsInFlight() {
    return inFlight.count();
  }

  /** Whether {@link #drain} has been called. */
  public boolean isStopping() {
    return inFlight.isStopping();
  }

  /**
   * Refuses new requests, and waits for those under way.
   *
   * @return whether all have ended
   */
  public boolean drain(Duration timeout) throws InterruptedException {
    return inFlight.drain(timeout);
  }

  /** Stops listening and ends all connections. */
  @Override
  public void close() {
    try {
      server.stop();
      if (listen.unixSocket().isPresent()) {
        Files.deleteIfExists(listen.unixSocket().get());
      }
    } catch (Exception e) {
      throw new IllegalStateException("the server cannot be stopped", e);
    }
  }
}

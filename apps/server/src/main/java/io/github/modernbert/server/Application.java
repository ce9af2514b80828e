package io.github.modernbert.server;

import io.github.modernbert.server.api.Admission;
import io.github.modernbert.server.api.ApiRoutes;
import io.github.modernbert.server.api.Context;
import io.github.modernbert.server.api.ModelChoice;
import io.github.modernbert.server.config.Settings;
import io.github.modernbert.server.http.HttpServer;
import io.github.modernbert.server.http.RequestObserver;
import io.github.modernbert.server.metrics.Metrics;
import io.github.modernbert.server.models.ModelRegistry;
import io.github.modernbert.server.models.ServedModel;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A server from start to stop: it listens at once, loads its models, is ready, and when it is told
 * to stop refuses new requests and ends those under way.
 */
final class Application implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Application.class.getName());

  private final Settings settings;
  private final ModelRegistry registry;
  private final Context context;
  private final HttpServer http;
  private final AtomicBoolean isStopping = new AtomicBoolean();

  /** Completes when the server is told to stop, or with what kept a model from being loaded. */
  private final CompletableFuture<Void> end = new CompletableFuture<>();

  /**
   * Prepares a server.
   *
   * @throws IllegalArgumentException if the settings cannot be used
   */
  Application(Settings settings, String version) {
    this.settings = settings;
    var metrics = new Metrics();
    registry = new ModelRegistry(settings, metrics::batch);
    var admission = new Admission(settings.limits().maxConcurrentRequests());
    context = new Context(new ModelChoice(registry), admission, metrics, settings);
    http =
        new HttpServer(
            ApiRoutes.of(context, version, isStopping::get),
            settings,
            answered -> {
              metrics.answered(answered);
              log(answered);
            });
    metrics.gauge("te_queue_size", "Requests that wait for a model", registry::waitingCalls);
    metrics.gauge("modernbert_requests_in_flight", "Requests under way", http::requestsInFlight);
    metrics.gauges(
        "modernbert_model_ready",
        "Whether a model is loaded and warm",
        "model",
        registry.all(),
        ServedModel::alias,
        served -> served.model().isPresent() ? 1 : 0);
    metrics.gauges(
        "modernbert_model_weight_bytes",
        "Memory of a model's weights",
        "model",
        registry.all(),
        ServedModel::alias,
        served -> served.info().map(info -> (double) info.weightBytes()).orElse(0.0));
  }

  /** Begins to listen. */
  void start() throws IOException {
    try {
      http.start();
    } catch (IOException e) {
      throw new IOException("cannot listen at %s: %s".formatted(place(), reason(e)), e);
    }
    LOG.log(Level.INFO, "listening at {0}", address());
  }

  private String place() {
    Settings.Listen listen = settings.listen();
    return listen.unixSocket().map(Path::toString).orElse(listen.host() + ":" + listen.port());
  }

  /** The message of the system, which stands at the end of the causes. */
  private static String reason(Throwable e) {
    Throwable last = e;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    return last instanceof UnresolvedAddressException
        ? "no such address"
        : String.valueOf(last.getMessage());
  }

  /** Where clients find the server. */
  URI address() {
    return http.address();
  }

  /** The context that the endpoints work with. */
  Context context() {
    return context;
  }

  /** Loads the models. */
  void load() {
    registry.load();
    LOG.log(Level.INFO, "ready");
  }

  /** Loads the models on a thread of its own, so that a signal need not wait for them. */
  void loadInBackground() {
    Thread.ofPlatform()
        .daemon()
        .name("load")
        .start(() -> {
          try {
            load();
          } catch (RuntimeException | OutOfMemoryError e) {
            end.completeExceptionally(e);
          }
        });
  }

  /** Tells {@link #awaitStop} to go on; returns at once. */
  void stop() {
    isStopping.set(true);
    end.complete(null);
  }

  /**
   * Waits until {@link #stop} is called, and then for the requests under way.
   *
   * @return whether all of them were answered in time
   * @throws ExecutionException with what kept a model from being loaded
   */
  boolean awaitStop() throws InterruptedException, ExecutionException {
    end.get();
    LOG.log(Level.INFO, "stopping, {0} requests are under way", http.requestsInFlight());
    boolean drained = http.drain(settings.limits().drainTimeout());
    LOG.log(
        drained ? Level.INFO : Level.WARNING,
        drained ? "stopped" : "stopped with requests under way");
    return drained;
  }

  @Override
  public void close() {
    http.close();
    registry.close();
  }

  /** One line for a request; its texts are in none. */
  private static void log(RequestObserver.Answered request) {
    boolean isProbe = request.texts() == 0 && request.method().equals("GET");
    Level level = isProbe ? Level.DEBUG : Level.INFO;
    if (LOG.isLoggable(level)) {
      LOG.log(
          level,
          "request {0}: {1} {2} {3}, {4} texts, {5} tokens, {6} ms",
          request.id(),
          request.method(),
          request.route(),
          Integer.toString(request.status()),
          Integer.toString(request.texts()),
          Long.toString(request.tokens()),
          Long.toString(request.nanos() / 1_000_000));
    }
  }
}

package io.github.modernbert.server.http;

import io.github.modernbert.server.config.Settings;
import java.io.IOException;
import java.lang.System.Logger;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Answers requests: finds the route, checks the key, calls the endpoint, words errors, and tells
 * the observer. Every request has an id, its own or a new one, which the response has too.
 */
final class Dispatcher extends Handler.Abstract {
  private static final Logger LOG = System.getLogger(Dispatcher.class.getName());
  private static final String REQUEST_ID = "x-request-id";
  private static final Pattern USABLE_ID = Pattern.compile("[A-Za-z0-9._:/+=-]{1,64}");
  private static final String NO_ROUTE = "(none)";

  /** The status that nginx has for clients that went away; no client sees it. */
  private static final int CLIENT_GONE = 499;

  private final Routes routes;
  private final ApiKeys keys;
  private final Cors cors;
  private final Bodies bodies;
  private final InFlight inFlight;
  private final RequestObserver observer;

  Dispatcher(Routes routes, Settings settings, InFlight inFlight, RequestObserver observer) {
    this.routes = routes;
    this.keys = new ApiKeys(settings.access().apiKeys());
    this.cors = new Cors(settings.access().corsAllowOrigin());
    this.bodies = new Bodies(settings.limits());
    this.inFlight = inFlight;
    this.observer = observer;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    // A request that is computed for longer than the timeout is not idle. Jetty would fail it, and
    // read the rest of its body while the thread here may do the same; a client that is waited for
    // it tells through the read or the write in question, without asking this.
    request.addIdleTimeoutListener(_ -> false);
    inFlight.begin();
    var call = new Call(request, id(request.getHeaders()), bodies);
    Optional<Route> route = route(call);
    Callback done =
        Callback.from(
            callback,
            failure -> {
              inFlight.end();
              int status = failure == null ? response.getStatus() : CLIENT_GONE;
              observer.answered(
                  new RequestObserver.Answered(
                      call.id(),
                      call.method(),
                      route.map(Route::path).orElse(NO_ROUTE),
                      status,
                      System.nanoTime() - call.beginNanos(),
                      call.texts(),
                      call.tokens()));
            });
    try {
      send(reply(call, route), call, response, done);
    } catch (Throwable e) {
      // Nobody can be told any more: the connection is closed, and the request is under way no
      // longer.
      done.failed(e);
    }
    return true;
  }

  private Optional<Route> route(Call call) {
    String method = call.method().equals("HEAD") ? "GET" : call.method();
    return routes.find(method, call.path());
  }

  private static String id(HttpFields headers) {
    String given = headers.get(REQUEST_ID);
    return given != null && USABLE_ID.matcher(given).matches()
        ? given
        : HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  }

  private Reply reply(Call call, Optional<Route> route) {
    ErrorFormat format = routes.errors(call.path());
    try {
      if (Cors.isPreflight(call.request())) {
        return Reply.noContent();
      }
      if (route.isEmpty()) {
        return noRoute(call, format);
      }
      if (route.get().access() == Route.Access.KEY) {
        keys.require(call.request().getHeaders());
        if (inFlight.isStopping()) {
          throw new ApiException(ErrorKind.UNHEALTHY, "the server is stopping");
        }
      }
      return route.get().endpoint().answer(call);
    } catch (ApiException e) {
      return Reply.error(format, e.kind(), e.message());
    } catch (ClientGoneException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      // The library's word for a caller's mistake.
      return Reply.error(format, ErrorKind.VALIDATION, String.valueOf(e.getMessage()));
    } catch (CancellationException e) {
      return Reply.error(format, ErrorKind.UNHEALTHY, "the server is stopping");
    } catch (OutOfMemoryError e) {
      LOG.log(Logger.Level.ERROR, "request {0}: not enough memory", call.id());
      return Reply.error(format, ErrorKind.OVERLOADED, "not enough memory for this request now");
    } catch (RuntimeException e) {
      LOG.log(Logger.Level.ERROR, "request " + call.id() + " failed", e);
      return Reply.error(
          format, ErrorKind.INTERNAL, "internal error; the log has it under " + call.id());
    }
  }

  private Reply noRoute(Call call, ErrorFormat format) {
    String methods = routes.methods(call.path());
    return methods.isEmpty()
        ? Reply.error(format, ErrorKind.NOT_FOUND, "no route " + call.path())
        : Reply.error(format, ErrorKind.METHOD_NOT_ALLOWED, "this route has " + methods)
            .with("Allow", methods);
  }

  private void send(Reply reply, Call call, Response response, Callback done) throws IOException {
    response.setStatus(reply.status());
    HttpFields.Mutable headers = response.getHeaders();
    headers.put(REQUEST_ID, call.id());
    headers.put("x-content-type-options", "nosniff");
    reply.headers().forEach(headers::put);
    cors.allow(call.request(), headers);
    // Jetty ends a connection whose request has not arrived whole; a client that is not told sends
    // its next request there.
    if (!call.request().consumeAvailable() || inFlight.isStopping()) {
      headers.put(HttpHeader.CONNECTION, "close");
    }
    if (!reply.contentType().isEmpty()) {
      headers.put(HttpHeader.CONTENT_TYPE, reply.contentType());
    }
    var out = new ReplyStream(response);
    reply.body().write(out);
    out.finish(done);
  }
}

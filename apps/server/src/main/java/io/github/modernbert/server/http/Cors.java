package io.github.modernbert.server.http;

import java.net.URI;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/** Lets pages of some origins use the server from a browser (cross-origin resource sharing). */
final class Cors {
  private static final String ANY = "*";
  private static final String DAY = "86400";

  private final List<String> origins;

  Cors(List<URI> origins) {
    this.origins = origins.stream().map(URI::toString).toList();
  }

  /** Whether a browser asks what it may do. */
  static boolean isPreflight(Request request) {
    return request.getMethod().equals("OPTIONS")
        && request.getHeaders().contains(HttpHeader.ORIGIN)
        && request.getHeaders().contains(HttpHeader.ACCESS_CONTROL_REQUEST_METHOD);
  }

  /** Adds the headers that let the page of a request read its response, if it may. */
  void allow(Request request, HttpFields.Mutable response) {
    String origin = request.getHeaders().get(HttpHeader.ORIGIN);
    if (origin == null || origins.isEmpty()) {
      return;
    }
    boolean any = origins.contains(ANY);
    if (!any) {
      response.add(HttpHeader.VARY, "Origin");
    }
    if (!any && !origins.contains(origin)) {
      return;
    }
    response.put(HttpHeader.ACCESS_CONTROL_ALLOW_ORIGIN, any ? ANY : origin);
    response.put(
        HttpHeader.ACCESS_CONTROL_EXPOSE_HEADERS,
        "x-request-id, x-compute-tokens, x-total-time, x-tokenization-time, x-queue-time,"
            + " x-inference-time, x-truncated-inputs");
    if (isPreflight(request)) {
      response.put(HttpHeader.ACCESS_CONTROL_ALLOW_METHODS, "GET, POST");
      String wanted = request.getHeaders().get(HttpHeader.ACCESS_CONTROL_REQUEST_HEADERS);
      response.put(
          HttpHeader.ACCESS_CONTROL_ALLOW_HEADERS, wanted == null ? "content-type" : wanted);
      response.put(HttpHeader.ACCESS_CONTROL_MAX_AGE, DAY);
    }
  }
}

package io.github.modernbert.server.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Words the errors that Jetty finds before a request reaches a route, such as malformed headers.
 */
final class JsonErrors implements Request.Handler {
  private final Routes routes;

  /** With the routes, whose APIs word errors differently. */
  JsonErrors(Routes routes) {
    this.routes = routes;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    // The request may be none at all, so its path is what Jetty could make of it.
    String path = request.getHttpURI() == null ? null : request.getHttpURI().getCanonicalPath();
    var body = new ByteArrayOutputStream();
    var out = new JsonOutput(body);
    routes
        .errors(path == null ? "" : path)
        .write(out, ErrorKind.MALFORMED, HttpStatus.getMessage(response.getStatus()));
    out.flush();
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.write(true, ByteBuffer.wrap(body.toByteArray()), callback);
    return true;
  }
}

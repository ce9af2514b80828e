package io.github.modernbert.server.page;

import io.github.modernbert.server.http.ApiException;
import io.github.modernbert.server.http.Call;
import io.github.modernbert.server.http.ErrorKind;
import io.github.modernbert.server.http.Reply;
import io.github.modernbert.server.http.Route;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/** Serves the files of the page and the description of the API; all of them are resources. */
public final class Pages {
  private static final String PREFIX = "/page/";
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml",
          "json", "application/json");

  /** Nothing is loaded from elsewhere, and no other page may show this one. */
  private static final String POLICY =
      "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none';"
          + " form-action 'none'";

  private final Route.Endpoint health;

  /** With what answers at the start page those who do not want a page. */
  public Pages(Route.Endpoint health) {
    this.health = health;
  }

  /** The start page for browsers; others ask there whether the server is healthy. */
  public Reply start(Call call) {
    return call.prefers("text/html") ? resource("index.html") : health.answer(call);
  }

  /** The page that shows the description of the API. */
  public Reply docs(Call call) {
    return resource("docs.html");
  }

  /** The description of the API. */
  public Reply openApi(Call call) {
    return resource("openapi.json").with("Access-Control-Allow-Origin", "*");
  }

  /** A file of the pages. */
  public Reply file(Call call) {
    return resource(call.path().substring(PREFIX.length()));
  }

  private static Reply resource(String name) {
    String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    if (type == null || !name.matches("[a-z0-9-]+\\.[a-z]+")) {
      throw missing(name);
    }
    try (InputStream in = Pages.class.getResourceAsStream(name)) {
      if (in == null) {
        throw missing(name);
      }
      return Reply.of(type, in.readAllBytes())
          .with("Content-Security-Policy", POLICY)
          .with("Cache-Control", "no-cache");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ApiException missing(String name) {
    return new ApiException(ErrorKind.NOT_FOUND, "no file " + name);
  }
}

package io.github.modernbert.server;

import io.github.modernbert.server.config.SettingsParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.Map;

/**
 * A server in this process. In this package, since users start servers in processes of their own.
 */
public final class FuzzedServer {
  private FuzzedServer() {}

  /**
   * Starts a server at a free port of the loopback interface, and loads its models.
   *
   * @return its address
   */
  public static URI start(String... flags) throws IOException {
    var settings =
        SettingsParser.parse(flags, Map.of("PORT", "0"), new PrintWriter(System.out)).orElseThrow();
    var application = new Application(settings, "fuzz");
    application.start();
    application.load();
    return application.address();
  }
}

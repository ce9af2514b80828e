package io.github.modernbert.hub;

import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.Map;

/** A client that does not pause between attempts. In this package, since users cannot have one. */
public final class ImpatientClient {
  private ImpatientClient() {}

  /** Downloads a model with the settings of an environment. */
  public static Path snapshot(Map<String, String> environment, Path home, String name) {
    return builder(environment, home).build().snapshot(name);
  }

  /** The same with something else in place of the network. */
  public static Path snapshot(
      Map<String, String> environment, Path home, String name, HttpClient network) {
    return builder(environment, home).connector(settings -> network).build().snapshot(name);
  }

  private static HubClient.Builder builder(Map<String, String> environment, Path home) {
    return HubClient.builder(environment, home).sleeper(time -> {});
  }
}

package io.github.modernbert.hub;

import java.nio.file.Path;
import java.util.Map;

/** A client that does not pause between attempts. In this package, since users cannot have one. */
public final class ImpatientClient {
  private ImpatientClient() {}

  /** Downloads a model with the settings of an environment. */
  public static Path snapshot(Map<String, String> environment, Path home, String name) {
    return HubClient.builder(environment, home).sleeper(time -> {}).build().snapshot(name);
  }
}

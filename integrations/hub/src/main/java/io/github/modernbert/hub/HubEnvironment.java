package io.github.modernbert.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The settings that environment variables give, with the meaning they have for the Python client.
 */
final class HubEnvironment {
  private static final String ENDPOINT = "https://huggingface.co";
  private static final int TIMEOUT_SECONDS = 10;
  private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");

  private final Map<String, String> variables;
  private final Path home;

  /**
   * @param home the user's folder, for what begins with {@code ~}
   */
  HubEnvironment(Map<String, String> variables, Path home) {
    this.variables = variables;
    this.home = home;
  }

  HubSettings settings() {
    return new HubSettings(
        cache(),
        endpoint(),
        token(),
        isTrue(text("HF_HUB_OFFLINE").isPresent() ? "HF_HUB_OFFLINE" : "TRANSFORMERS_OFFLINE"),
        !isTrue("HF_HUB_DISABLE_SYMLINKS"),
        seconds("HF_HUB_ETAG_TIMEOUT"),
        seconds("HF_HUB_DOWNLOAD_TIMEOUT"),
        EnvironmentProxies.of(variables));
  }

  private Path cache() {
    return path("HF_HUB_CACHE")
        .or(() -> path("HUGGINGFACE_HUB_CACHE"))
        .orElseGet(() -> hubHome().resolve("hub"));
  }

  private Path hubHome() {
    return path("HF_HOME")
        .orElseGet(() ->
            path("XDG_CACHE_HOME").orElseGet(() -> home.resolve(".cache")).resolve("huggingface"));
  }

  private URI endpoint() {
    String text = text("HF_ENDPOINT").orElse(ENDPOINT);
    try {
      return HubSettings.checked(URI.create(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("HF_ENDPOINT: " + e.getMessage(), e);
    }
  }

  private Optional<String> token() {
    if (isTrue("HF_HUB_DISABLE_IMPLICIT_TOKEN")) {
      return Optional.empty();
    }
    return text("HF_TOKEN").or(() -> text("HUGGING_FACE_HUB_TOKEN")).or(this::storedToken);
  }

  /** What {@code hf auth login} has left. */
  private Optional<String> storedToken() {
    Path file = path("HF_TOKEN_PATH").orElseGet(() -> hubHome().resolve("token"));
    try {
      return Optional.of(Files.readString(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new IllegalArgumentException("the token's file " + file + " cannot be read", e);
    }
  }

  private Duration seconds(String name) {
    String text = text(name).orElse(String.valueOf(TIMEOUT_SECONDS));
    try {
      int seconds = Integer.parseInt(text);
      return Duration.ofSeconds(seconds > 0 ? seconds : TIMEOUT_SECONDS);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          name + ": expected a number of seconds, found '" + text + "'", e);
    }
  }

  private boolean isTrue(String name) {
    return TRUE.contains(text(name).orElse("").toUpperCase(Locale.ROOT));
  }

  private Optional<Path> path(String name) {
    return text(name)
        .map(text ->
            text.equals("~") || text.startsWith("~/")
                ? home.resolve(text.substring(Math.min(2, text.length())))
                : Path.of(text));
  }

  private Optional<String> text(String name) {
    return Optional.ofNullable(variables.get(name)).map(String::strip).filter(s -> !s.isEmpty());
  }
}

package io.github.modernbert.hub;

import io.github.modernbert.files.FileNames;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.files.RegularFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The settings that environment variables give, with the meaning they have for the Python client,
 * but for spaces around a value, which are left out, and for empty values, which are none.
 */
final class HubEnvironment {
  private static final String ENDPOINT = "https://huggingface.co";
  private static final int TIMEOUT_SECONDS = 10;
  private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");

  private final Map<String, String> variables;
  private final EnvironmentPaths paths;

  /**
   * @param accountHome the home of the account that the process runs as, where {@code HOME} does
   *     not say otherwise
   */
  HubEnvironment(Map<String, String> variables, Path accountHome) {
    this.variables = variables;
    paths = new EnvironmentPaths(variables, accountHome);
  }

  /**
   * The settings.
   *
   * @throws IllegalArgumentException if a variable's value cannot be used; offline those that only
   *     matter to the network are passed over
   */
  HubSettings settings() {
    boolean offline =
        isTrue(text("HF_HUB_OFFLINE").isPresent() ? "HF_HUB_OFFLINE" : "TRANSFORMERS_OFFLINE");
    try {
      return settings(
          offline,
          endpoint(),
          token(),
          seconds("HF_HUB_ETAG_TIMEOUT"),
          seconds("HF_HUB_DOWNLOAD_TIMEOUT"));
    } catch (IllegalArgumentException e) {
      if (!offline) {
        throw e;
      }
      Duration usual = Duration.ofSeconds(TIMEOUT_SECONDS);
      return settings(offline, URI.create(ENDPOINT), Optional.empty(), usual, usual);
    }
  }

  private HubSettings settings(
      boolean offline,
      URI endpoint,
      Optional<String> token,
      Duration answerTimeout,
      Duration readTimeout) {
    return new HubSettings(
        cache(),
        endpoint,
        token,
        offline,
        !isTrue("HF_HUB_DISABLE_SYMLINKS"),
        answerTimeout,
        readTimeout,
        new EnvironmentProxies(variables));
  }

  private Path cache() {
    // Of sentence-transformers, which hands it to the client as it is.
    Optional<String> own = text("SENTENCE_TRANSFORMERS_HOME");
    if (own.isPresent()) {
      return path("SENTENCE_TRANSFORMERS_HOME", own.get());
    }
    String text =
        text("HF_HUB_CACHE")
            .or(() -> text("HUGGINGFACE_HUB_CACHE"))
            .orElseGet(() -> hubHome() + "/hub");
    return path("HF_HUB_CACHE or HF_HOME", paths.expand(text));
  }

  private String hubHome() {
    return paths.expand(
        text("HF_HOME")
            .orElseGet(() ->
                text("XDG_CACHE_HOME").orElseGet(() -> paths.expandUser("~") + "/.cache")
                    + "/huggingface"));
  }

  private static Path path(String name, String text) {
    try {
      return FileNames.path(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
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

  /** The token that {@code hf auth login} stored. */
  private Optional<String> storedToken() {
    String text = text("HF_TOKEN_PATH").orElseGet(() -> hubHome() + "/token");
    Path file = path("HF_TOKEN_PATH", paths.expand(text));
    try {
      return RegularFiles.exists(file) ? Optional.of(contents(file)) : Optional.empty();
    } catch (ClosedByInterruptException e) {
      throw RegularFiles.unreadable(file, e);
    } catch (IOException | ModelFileException e) {
      throw new IllegalArgumentException("the token's file " + file + " cannot be read", e);
    }
  }

  private static String contents(Path file) throws IOException {
    try (var reader = RegularFiles.openText(file)) {
      return reader.readAllAsString();
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

  private Optional<String> text(String name) {
    return Optional.ofNullable(variables.get(name)).map(String::strip).filter(s -> !s.isEmpty());
  }
}

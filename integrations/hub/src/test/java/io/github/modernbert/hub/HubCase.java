package io.github.modernbert.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.modernbert.hub.HubException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The base of tests against the loopback hub: it, an empty cache, and no waiting. */
abstract class HubCase {
  static final String WEIGHTS = "model.safetensors";

  @TempDir Path folder;
  final FakeHub hub = new FakeHub();
  final List<Duration> pauses = new ArrayList<>();
  final Map<String, String> environment = new TreeMap<>();

  @BeforeEach
  void setUp() {
    environment.put("HF_HUB_CACHE", cache().toString());
    environment.put("HF_ENDPOINT", hub.endpoint().toString());
    environment.put("HF_HUB_DOWNLOAD_TIMEOUT", "1");
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  Path cache() {
    return folder.resolve("cache");
  }

  Path storage() {
    return cache().resolve("models--organisation--model");
  }

  HubClient.Builder builder() {
    return HubClient.builder(environment, folder.resolve("home")).sleeper(pauses::add);
  }

  Path snapshot(String revision) {
    return builder().build().snapshot(FakeHub.NAME + revision);
  }

  Path snapshot() {
    return snapshot("");
  }

  HubException fails(Reason reason, String revision) {
    HubException e = assertThrows(HubException.class, () -> snapshot(revision));
    assertEquals(reason, e.reason(), e.getMessage());
    return e;
  }

  /** That it fails, and what the message says. */
  void assertFails(Reason reason, String... parts) {
    String message = String.valueOf(fails(reason, "").getMessage());
    for (String part : parts) {
      if (!message.contains(part)) {
        throw new AssertionError("'" + part + "' is not in: " + message);
      }
    }
  }

  /** The paths of all files and links below a folder. */
  static List<String> tree(Path root) {
    try (var tree = Files.walk(root)) {
      return tree.filter(path -> !Files.isDirectory(path))
          .map(path -> root.relativize(path).toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names in the folder of contents. */
  List<String> blobs() {
    Path blobs = storage().resolve("blobs");
    return Files.exists(blobs) ? tree(blobs) : List.of();
  }

  /** The path on the second server of a large file's content. */
  static String stored(String commit, String path) {
    return "/stored" + FakeHub.file(commit, path);
  }
}

package io.github.modernbert.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several that want the same model load it once. */
final class SharingTest extends HubCase {
  private final Map<String, byte[]> files = FakeHub.smallModel();
  private String commit = "";

  @BeforeEach
  void commit() {
    commit = hub.commit("main", files);
  }

  /** Holds the big file back until that many calls have asked for the branch. */
  private void holdUntilAsked(int calls) {
    hub.next(
        stored(commit, WEIGHTS),
        (exchange, content) -> {
          try {
            while (hub.count(FakeHub.revision("main")) < calls) {
              Thread.sleep(1);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return false;
        });
  }

  private void assertLoadedOnce() {
    for (String file : List.of("config.json", "tokenizer.json", WEIGHTS)) {
      assertEquals(1, hub.count(FakeHub.file(commit, file)), file);
    }
    assertEquals(1, hub.count(stored(commit, WEIGHTS)));
  }

  @Test
  void threadsShareADownload() throws Exception {
    int threads = 8;
    holdUntilAsked(threads);
    var start = new CountDownLatch(threads);
    var results = new ArrayList<Future<Path>>();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      for (int i = 0; i < threads; i++) {
        HubClient own = builder().build();
        results.add(
            pool.submit(() -> {
              start.countDown();
              start.await();
              return own.snapshot(FakeHub.NAME);
            }));
      }
    }
    for (var result : results) {
      assertEquals(storage().resolve("snapshots").resolve(commit), result.get());
    }
    assertLoadedOnce();
  }

  /** The other process of the next test: loads the model as its environment says. */
  public static void main(String[] args) {
    System.out.println(HubClient.builder().build().snapshot(FakeHub.NAME));
  }

  @Test
  void processesShareADownload() throws Exception {
    holdUntilAsked(2);
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var process =
        new ProcessBuilder(
            java,
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            SharingTest.class.getName());
    process
        .environment()
        .keySet()
        .removeIf(name -> name.toUpperCase(Locale.ROOT).endsWith("_PROXY"));
    process.environment().putAll(environment);
    process.environment().remove("HF_HUB_OFFLINE");
    File output = folder.resolve("output").toFile();
    Process other = process.redirectErrorStream(true).redirectOutput(output).start();
    try {
      Path here = snapshot();
      assertTrue(other.waitFor(Duration.ofMinutes(1)), "the other process does not end");
      assertEquals(here.toString(), Files.readString(output.toPath()).strip());
    } finally {
      other.destroyForcibly();
    }
    assertLoadedOnce();
  }
}

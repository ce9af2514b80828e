package io.github.modernbert.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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

  private Process start(String... flags) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(flags));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp"));
    command.addAll(List.of(System.getProperty("java.class.path"), SharingTest.class.getName()));
    var process = new ProcessBuilder(command);
    process
        .environment()
        .keySet()
        .removeIf(name -> name.toUpperCase(Locale.ROOT).endsWith("_PROXY"));
    process.environment().remove("HF_HUB_OFFLINE");
    process.environment().putAll(environment);
    return process.redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private void assertProcessesShare(String... flags) throws Exception {
    holdUntilAsked(2);
    List<Process> processes = List.of(start(flags), start(flags));
    try {
      for (Process process : processes) {
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        assertEquals(storage().resolve("snapshots").resolve(commit).toString(), printed);
        assertTrue(process.waitFor(Duration.ofMinutes(1)), "a process does not end");
      }
    } finally {
      processes.forEach(Process::destroyForcibly);
    }
    assertLoadedOnce();
  }

  @Test
  void processesShareADownloadByThePythonClientsLocks() throws Exception {
    assertProcessesShare();
  }

  @Test
  void processesShareADownloadWithoutNativeAccess() throws Exception {
    assertProcessesShare("--illegal-native-access=deny");
  }

  @Test
  void thePythonClientsLocksKeepOut() throws Exception {
    assumeTrue(Flock.isAvailable(), "no flock here");
    Path locks = folder.resolve("locks");
    try (BlobLock lock = BlobLock.take(locks, "x.lock")) {
      assertEquals(Optional.of(".modernbert-flock.incomplete"), lock.ownEnding());
      assertTrue(Flock.tryTake(locks.resolve("x.lock")).isEmpty());
    }
    try (Flock free = Flock.tryTake(locks.resolve("x.lock")).orElseThrow()) {
      assertTrue(Flock.tryTake(locks.resolve("x.lock")).isEmpty(), free.toString());
    }
    assertThrows(IOException.class, () -> Flock.tryTake(locks.resolve("y.lock")));
  }
}

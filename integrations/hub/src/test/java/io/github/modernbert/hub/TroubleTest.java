package io.github.modernbert.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.hub.HubException.Reason;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections that break, and servers that lie. */
final class TroubleTest extends HubCase {
  private final Map<String, byte[]> files = FakeHub.smallModel();
  private final byte[] weights = FakeHub.weights(0);
  private String commit = "";
  private String stored = "";

  @BeforeEach
  void commit() {
    commit = hub.commit("main", files);
    stored = stored(commit, WEIGHTS);
  }

  private List<String> ranges() {
    return hub.requests.stream()
        .filter(request -> request.path().equals(stored))
        .map(FakeHub.Request::range)
        .toList();
  }

  /** Where a download that broke off is kept. */
  private Path part() {
    String kind = Flock.isAvailable() ? "flock" : "lock";
    return storage()
        .resolve("blobs")
        .resolve(FakeHub.sha256(weights) + ".modernbert-" + kind + ".incomplete");
  }

  private void assertWeights(Path snapshot) throws IOException {
    assertArrayEquals(weights, Files.readAllBytes(snapshot.resolve(WEIGHTS)));
  }

  @Test
  void aBrokenDownloadGoesOnWhereItEnded() throws IOException {
    hub.next(stored, FakeHub.breakAfter(150_000));
    hub.next(stored, FakeHub.breakAfter(0));
    hub.next(stored, FakeHub.breakAfter(20_000));
    assertWeights(snapshot());
    assertEquals("null", ranges().getFirst());
    assertTrue(ranges().getLast().startsWith("bytes=1"), ranges().toString());
    assertEquals(4, ranges().size());
  }

  @Test
  void theNextProcessGoesOnToo() throws IOException {
    hub.next(stored, FakeHub.breakAfter(150_000));
    hub.next(stored, Retries.USUAL, FakeHub.breakAfter(0));
    assertFails(Reason.UNREACHABLE, WEIGHTS, "of 200,000 bytes", "6 attempts");
    Path part = part();
    long kept = Files.size(part);
    assertTrue(kept > 0 && kept <= 150_000, kept + " bytes");
    assertWeights(snapshot());
    assertEquals("bytes=" + kept + "-", ranges().getLast());
    assertEquals(List.of(), blobs().stream().filter(name -> name.contains("inc")).toList());
  }

  @Test
  void pausesGrow() {
    hub.next(stored, Retries.USUAL, FakeHub.breakAfter(0));
    snapshot();
    assertEquals(List.of(1L, 2L, 4L, 8L, 8L), pauses.stream().map(Duration::toSeconds).toList());
  }

  @Test
  void aServerThatIgnoresRangesIsReadFromTheStart() throws IOException {
    hub.next(stored, FakeHub.breakAfter(150_000));
    hub.next(stored, FakeHub.instead(weights));
    assertWeights(snapshot());
  }

  @Test
  void anotherPartThanAskedForIsNotTaken() throws IOException {
    hub.next(stored, FakeHub.breakAfter(150_000));
    hub.next(
        stored,
        (exchange, content) -> {
          exchange.getResponseHeaders().set("Content-Range", "bytes 7-199999/200000");
          exchange.sendResponseHeaders(206, content.length - 7);
          exchange.getResponseBody().write(content, 7, content.length - 7);
          return true;
        });
    assertWeights(snapshot());
  }

  @Test
  void tooFewBytesWithTheirLengthToldAreNotTakenForTheFile() throws IOException {
    hub.next(stored, FakeHub.instead(Arrays.copyOf(weights, 1000)));
    assertWeights(snapshot());
    assertEquals("bytes=1000-", ranges().getLast());
  }

  @Test
  void tooManyBytesAreNotKept() {
    hub.next(stored, FakeHub.instead(Arrays.copyOf(weights, weights.length + 1)));
    assertFails(Reason.CORRUPT, WEIGHTS, "more bytes come than the 200,000");
    assertEquals(2, blobs().size(), blobs().toString());
  }

  @Test
  void wrongBytesAreLoadedAgainOnce() throws IOException {
    byte[] wrong = weights.clone();
    wrong[777]++;
    hub.next(stored, FakeHub.instead(wrong));
    assertWeights(snapshot());
    assertEquals(2, ranges().size());
  }

  @Test
  void wrongBytesAreNeverKept() {
    byte[] wrong = weights.clone();
    wrong[777]++;
    hub.next(stored, 2, FakeHub.instead(wrong));
    assertFails(Reason.CORRUPT, FakeHub.NAME, WEIGHTS, FakeHub.sha256(weights));
    assertEquals(
        List.of(),
        blobs().stream().filter(name -> name.startsWith(FakeHub.sha256(weights))).toList());
  }

  @Test
  void smallFilesAreCheckedToo() {
    hub.next(FakeHub.file(commit, "tokenizer.json"), 2, FakeHub.instead(FakeHub.bytes("[]")));
    assertFails(Reason.CORRUPT, "tokenizer.json", FakeHub.gitHash(FakeHub.bytes("{}")));
  }

  @Test
  void aCorruptRestOfAnEarlierProcessDoesNoHarm() throws IOException {
    Path blobs = Files.createDirectories(storage().resolve("blobs"));
    Path part = part();
    Files.write(part, new byte[5000]);
    assertWeights(snapshot());
    assertEquals(List.of("bytes=5000-", "null"), ranges());
    Files.delete(snapshot().resolve(WEIGHTS));
    Files.delete(blobs.resolve(FakeHub.sha256(weights)));
    Files.write(part, new byte[weights.length + 1]);
    assertWeights(snapshot());
  }

  @Test
  void filesOfTheWrongLengthAreReplaced() throws IOException {
    Path snapshot = snapshot();
    Files.write(storage().resolve("blobs").resolve(FakeHub.sha256(weights)), new byte[10]);
    assertEquals(snapshot, snapshot());
    assertWeights(snapshot);
  }

  @Test
  void aServerWithTroubleIsAskedAgain() throws IOException {
    hub.next(FakeHub.revision("main"), FakeHub.status(503));
    hub.next(FakeHub.tree(commit), FakeHub.status(500));
    hub.next(FakeHub.file(commit, WEIGHTS), FakeHub.status(502));
    hub.next(stored, FakeHub.status(504));
    assertWeights(snapshot());
    assertEquals(4, pauses.size());
  }

  @Test
  void aServerThatStaysInTroubleIsNamed() {
    hub.next(FakeHub.revision("main"), Retries.USUAL + 1, FakeHub.status(503));
    assertFails(Reason.SERVER, FakeHub.NAME, "127.0.0.1 answers 503", "6 attempts");
  }

  @Test
  void theServerSaysHowLongToWait() {
    hub.next(FakeHub.revision("main"), FakeHub.status(429, "Retry-After", "17"));
    snapshot();
    assertEquals(List.of(Duration.ofSeconds(17)), pauses);
    hub.next(FakeHub.tree(hub.commit("x", Map.of())), FakeHub.status(429, "Retry-After", "86400"));
    HubException e = fails(Reason.SERVER, "@x");
    assertTrue(String.valueOf(e.getMessage()).contains("asks to wait 86400 s"), e.getMessage());
  }

  @Test
  void aServerThatFallsSilentIsLeft() throws IOException {
    hub.next(
        stored,
        (exchange, content) -> {
          exchange.sendResponseHeaders(200, content.length);
          exchange.getResponseBody().write(content, 0, 50_000);
          exchange.getResponseBody().flush();
          await();
          return true;
        });
    assertWeights(snapshot());
    assertEquals(1, pauses.size());
  }

  @Test
  void aServerThatDoesNotAnswerIsLeft() throws IOException {
    environment.put("HF_HUB_ETAG_TIMEOUT", "1");
    hub.next(
        FakeHub.revision("main"),
        (exchange, content) -> {
          await();
          return true;
        });
    assertEquals("127.0.0.1 does not answer within 1 s", failureOfADocument());
  }

  @Test
  void anAnswerThatComesByteByByteIsBrokenOff() {
    hub.next(
        FakeHub.revision("main"),
        Retries.USUAL + 1,
        (exchange, content) -> {
          exchange.sendResponseHeaders(200, 0);
          for (int i = 0; i < 300; i++) {
            exchange.getResponseBody().write(' ');
            exchange.getResponseBody().flush();
            pause(Duration.ofMillis(100));
          }
          return true;
        });
    environment.put("HF_HUB_DOWNLOAD_TIMEOUT", "1");
    assertEquals("the answer takes longer than 6 s", failureOfADocument());
  }

  @Test
  void aProxyThatWantsAPasswordIsNamed() {
    // The hub itself plays the proxy.
    environment.put("http_proxy", hub.endpoint().toString());
    environment.put("HF_ENDPOINT", "http://hub.example");
    hub.next(FakeHub.revision("main"), FakeHub.status(407, "Proxy-Authenticate", "Basic realm=x"));
    assertFails(Reason.UNREACHABLE, "the proxy wants a name and a password", "HTTPS_PROXY");
    hub.requests.clear();
    environment.put("http_proxy", hub.endpoint().toString().replace("//", "//me:secret@"));
    environment.put("NO_PROXY", "127.0.0.1");
    environment.put("HF_TOKEN", "hf_token");
    snapshot();
    assertEquals("Basic bWU6c2VjcmV0", hub.requests.getFirst().proxyAuthorization());
    assertEquals(
        Set.of("Basic bWU6c2VjcmV0", "null"),
        hub.requests.stream().map(FakeHub.Request::proxyAuthorization).collect(Collectors.toSet()));
  }

  /** The message of the failure to read the answer that tells the commit, without trying again. */
  private String failureOfADocument() {
    URI uri = hub.endpoint().resolve(FakeHub.revision("main"));
    HubSettings settings = new HubEnvironment(environment, folder).settings();
    try (var http = new HubHttp(settings, HubHttp.Connector.OF_JDK)) {
      RepoName name = RepoName.parse("a/b").orElseThrow();
      var e = assertThrows(IOException.class, () -> http.document(name, uri));
      return String.valueOf(e.getMessage());
    }
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void await() {
    pause(Duration.ofMinutes(1));
  }

  @Test
  void anInterruptedCallEndsAtOnce() {
    HubClient client =
        builder()
            .sleeper(time -> {
              throw new InterruptedException();
            })
            .build();
    hub.next(stored, FakeHub.breakAfter(100));
    assertThrows(CancellationException.class, () -> client.snapshot(FakeHub.NAME));
    assertTrue(Thread.interrupted());
    HubClient interrupted =
        builder().progress(progress -> Thread.currentThread().interrupt()).build();
    assertThrows(CancellationException.class, () -> interrupted.snapshot(FakeHub.NAME));
    assertTrue(Thread.interrupted());
  }
}

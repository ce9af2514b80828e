package io.github.modernbert.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.hub.FakeHub.Mirror;
import io.github.modernbert.hub.HubException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Mirrors that do not list the files of a commit, but name them with a revision. */
final class MirrorTest extends HubCase {
  private static final List<String> WANTED =
      List.of("1_Pooling/config.json", "config.json", WEIGHTS, "tokenizer.json");

  private final Map<String, byte[]> files = FakeHub.smallModel();
  private String commit = "";

  @BeforeEach
  void commit() {
    commit = hub.commit("main", files);
  }

  private void assertWhole(Path snapshot) throws IOException {
    assertEquals(WANTED, tree(snapshot));
    for (String path : WANTED) {
      assertArrayEquals(content(path), Files.readAllBytes(snapshot.resolve(path)), path);
    }
  }

  private byte[] content(String path) {
    return Objects.requireNonNull(files.get(path));
  }

  private boolean hasListing() {
    return Files.exists(storage().resolve("trees").resolve(commit + ".json"));
  }

  @ParameterizedTest
  @EnumSource
  void filesAreTakenFromTheRevision(Mirror mirror) throws IOException {
    hub.mirror(mirror);
    assertWhole(snapshot());
    assertEquals(mirror == Mirror.BLOBS, hasListing());
    assertTrue(blobs().contains(FakeHub.sha256(content(WEIGHTS))), blobs().toString());
    assertTrue(blobs().contains(FakeHub.gitHash(content("config.json"))), blobs().toString());
    hub.requests.clear();
    assertWhole(snapshot());
    assertWhole(snapshot("@" + commit));
    assertEquals(0, hub.count(FakeHub.file(commit, "")), "nothing is loaded again");
    environment.put("HF_HUB_OFFLINE", "1");
    assertWhole(snapshot());
  }

  @ParameterizedTest
  @EnumSource
  void aCommitIsLoadedToo(Mirror mirror) throws IOException {
    hub.mirror(mirror);
    assertWhole(snapshot("@" + commit));
  }

  @Test
  void aMirrorThatTakesNoQueryIsAskedWithoutOne() throws IOException {
    hub.mirror(Mirror.NAMES);
    hub.next(FakeHub.revision(commit), FakeHub.status(400));
    assertWhole(snapshot("@" + commit));
  }

  @Test
  void listingsMayBeRefusedInSeveralWays() throws IOException {
    hub.mirror(Mirror.NAMES);
    for (int status : new int[] {401, 403, 404, 405, 501}) {
      hub.next(FakeHub.tree(commit), FakeHub.status(status));
      assertWhole(snapshot());
    }
    for (String listing : List.of("<html>", "[]")) {
      hub.next(FakeHub.tree(commit), FakeHub.instead(FakeHub.bytes(listing)));
      assertWhole(snapshot());
    }
  }

  @ParameterizedTest
  @EnumSource
  void wrongContentIsNotTaken(Mirror mirror) {
    hub.mirror(mirror);
    for (String path : List.of("config.json", WEIGHTS)) {
      byte[] wrong = content(path).clone();
      wrong[1]++;
      String etag =
          path.equals(WEIGHTS) ? FakeHub.sha256(content(path)) : FakeHub.gitHash(content(path));
      hub.next(
          FakeHub.file(commit, path),
          3,
          (exchange, content) -> {
            exchange.getResponseHeaders().set("ETag", '"' + etag + '"');
            return FakeHub.instead(wrong).answer(exchange, content);
          });
      assertFails(Reason.CORRUPT, path, etag);
    }
    assertFalse(Files.exists(storage().resolve("snapshots").resolve(commit).resolve(WEIGHTS)));
  }

  /** Sends a file with these headers, and without a length if there is none among them. */
  private void serve(String path, int times, String... headers) {
    hub.next(
        FakeHub.file(commit, path),
        times,
        (exchange, content) -> {
          for (int i = 0; i < headers.length; i += 2) {
            exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
          }
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(content);
          return true;
        });
  }

  @Test
  void whatHasNoHashIsLoadedUnchecked() throws IOException {
    hub.mirror(Mirror.NAMES);
    // Two files that a server calls the same: its tags are of times and lengths.
    serve("config.json", 2, "ETag", "W/\"5f-29\"");
    serve("1_Pooling/config.json", 2, "ETag", "W/\"5f-29\"");
    serve("tokenizer.json", 2);
    serve(WEIGHTS, 2);
    assertWhole(snapshot());
    assertFalse(hasListing());
  }

  @Test
  void aPlainSha1IsTakenForWhatItIs() throws IOException {
    hub.mirror(Mirror.NAMES);
    serve("config.json", 2, "ETag", "\"d3dd3ac3cfdcb35a8ba0ba2a2dc9e5ca4cb7ad2f\"");
    assertFails(Reason.CORRUPT, "config.json");
    var sha1 = Checksum.gitBlobOrSha1(7);
    sha1.update(ByteBuffer.wrap(FakeHub.bytes("content")));
    assertTrue(sha1.matches("040f06fd774092478d450774f5ba30c5da78acc8"));
  }

  @Test
  void anotherCommitIsNotTaken() {
    hub.mirror(Mirror.NAMES);
    serve("config.json", 1, "X-Repo-Commit", "0".repeat(40));
    assertFails(Reason.CORRUPT, "X-Repo-Commit");
  }

  @Test
  void namesThatLeadElsewhereAreRefused() {
    hub.mirror(Mirror.NAMES);
    var evil = new TreeMap<>(files);
    evil.put("1_x/../../../config.json", FakeHub.bytes("{}"));
    hub.commit("main", evil);
    assertFails(Reason.SERVER, "unsafe name");
  }
}

package io.github.modernbert.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.hub.HubException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests the use of the cache when the hub cannot, or must not, be asked. */
final class OfflineTest extends HubCase {
  private final Map<String, byte[]> files = FakeHub.smallModel();

  @Test
  void offlineTheCacheAloneIsUsed() {
    String commit = hub.commit("main", files);
    environment.put("HF_HUB_OFFLINE", "1");
    assertFails(Reason.OFFLINE, FakeHub.NAME, cache().toString(), "HF_HUB_OFFLINE");
    environment.remove("HF_HUB_OFFLINE");
    Path online = snapshot();
    hub.requests.clear();
    environment.put("HF_HUB_OFFLINE", "yes");
    assertEquals(online, snapshot());
    assertEquals(online, snapshot("@" + commit));
    assertEquals(List.of(), hub.requests);
    fails(Reason.OFFLINE, "@v2");
    assertEquals(online, builder().offline(true).build().snapshot(FakeHub.NAME));
  }

  @Test
  void withoutNetworkTheCachedCopyIsUsedAtOnce() {
    hub.commit("main", files);
    Path online = snapshot();
    hub.close();
    assertEquals(online, snapshot());
    assertEquals(List.of(), pauses);
    assertFails(Reason.UNREACHABLE, "@v2");
  }

  private void assertFails(Reason reason, String revision) {
    fails(reason, revision);
    assertEquals(Retries.USUAL, pauses.size());
  }

  @Test
  void withoutAccessTheCachedCopyIsUsed() {
    hub.commit("main", files);
    Path online = snapshot();
    for (int status : new int[] {401, 403, 404, 429, 503}) {
      hub.next(FakeHub.revision("main"), FakeHub.status(status));
      assertEquals(online, snapshot());
    }
    hub.next(FakeHub.revision("main"), FakeHub.status(404, "X-Error-Code", "RevisionNotFound"));
    fails(Reason.REVISION_NOT_FOUND, "");
  }

  @Test
  void aProxyThatCannotBeUsedMattersOnlineAlone() {
    hub.commit("main", files);
    Path online = snapshot();
    environment.put("ALL_PROXY", "socks5://127.0.0.1:1080");
    // The copy in the cache, after a warning that names the proxy.
    assertEquals(online, snapshot());
    fails(Reason.UNREACHABLE, "@v2");
    environment.put("HF_HUB_OFFLINE", "1");
    hub.requests.clear();
    assertEquals(online, snapshot());
    environment.put("NO_PROXY", "127.0.0.1");
    environment.remove("HF_HUB_OFFLINE");
    assertEquals(online, snapshot());
    assertEquals(1, hub.requests.size());
  }

  @Test
  void settingsOfTheNetworkThatCannotBeUsedMatterOnlineAlone() {
    hub.commit("main", files);
    Path online = snapshot();
    for (Map.Entry<String, String> wrong :
        List.of(
            Map.entry("HF_ENDPOINT", "not an address"),
            Map.entry("HF_TOKEN", "two words"),
            Map.entry("HF_TOKEN_PATH", folder.toString()),
            Map.entry("HF_HUB_ETAG_TIMEOUT", "soon"),
            Map.entry("https_proxy", "socks4://x"))) {
      Map<String, String> usual = Map.copyOf(environment);
      environment.put(wrong.getKey(), wrong.getValue());
      environment.put("HF_HUB_OFFLINE", "1");
      hub.requests.clear();
      assertEquals(online, snapshot(), wrong.getKey());
      assertEquals(List.of(), hub.requests);
      environment.clear();
      environment.putAll(usual);
    }
  }

  @Test
  void anIncompleteSnapshotIsNoCopy() throws IOException {
    String commit = hub.commit("main", files);
    Path snapshot = snapshot();
    Files.delete(snapshot.resolve("tokenizer.json"));
    environment.put("HF_HUB_OFFLINE", "1");
    fails(Reason.OFFLINE, "");
    fails(Reason.OFFLINE, "@" + commit);
    environment.remove("HF_HUB_OFFLINE");
    assertEquals(snapshot, snapshot("@" + commit));
    assertTrue(Files.exists(snapshot.resolve("tokenizer.json")));
  }

  @Test
  void aBranchLeadsToACompleteSnapshotWhenANewOneBreaksOff() {
    hub.commit("main", files);
    Path before = snapshot();
    files.put("config.json", FakeHub.bytes("{\"new\": true}"));
    String moved = hub.commit("main", files);
    hub.next(FakeHub.file(moved, "config.json"), FakeHub.status(403));
    fails(Reason.UNAUTHORIZED, "");
    environment.put("HF_HUB_OFFLINE", "1");
    assertEquals(before, snapshot());
  }

  @Test
  void aCacheWithoutListingsIsUsed() throws IOException {
    String commit = hub.commit("main", files);
    Path snapshot = snapshot();
    Path listing = storage().resolve("trees").resolve(commit + ".json");
    environment.put("HF_HUB_OFFLINE", "1");
    for (String content : List.of("{", "{\"format_version\": 2, \"files\": {}}", "")) {
      Files.writeString(listing, content);
      assertEquals(snapshot, snapshot(), content);
    }
    Files.delete(listing);
    assertEquals(snapshot, snapshot());
    Files.delete(snapshot.resolve(WEIGHTS));
    fails(Reason.OFFLINE, "");
  }

  @Test
  void aRefThatIsNoCommitIsNotFollowed() throws IOException {
    hub.commit("main", files);
    snapshot();
    Files.writeString(storage().resolve("refs/main"), "../../../evil");
    environment.put("HF_HUB_OFFLINE", "1");
    fails(Reason.OFFLINE, "");
  }
}

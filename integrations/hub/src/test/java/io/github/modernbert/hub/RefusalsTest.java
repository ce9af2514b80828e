package io.github.modernbert.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.hub.HubException.Reason;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests the hub's refusals, and our refusals of its answers. */
final class RefusalsTest extends HubCase {
  private final Map<String, byte[]> files = FakeHub.smallModel();

  private void answer(FakeHub.Fault fault) {
    hub.next(FakeHub.revision("main"), fault);
  }

  @Test
  void messagesSayWhatToDo() {
    hub.commit("other", files);
    assertFails(Reason.REVISION_NOT_FOUND, FakeHub.NAME, "'main'");
    answer(FakeHub.status(404, "X-Error-Code", "RepoNotFound"));
    assertFails(Reason.NOT_FOUND, "no such model", hub.endpoint().toString(), "HF_TOKEN");
    answer(FakeHub.status(401));
    assertFails(Reason.NOT_FOUND, "or it is private and no token was sent");
    answer(FakeHub.status(403, "X-Error-Code", "GatedRepo"));
    assertFails(Reason.GATED, "accept its terms at " + hub.endpoint() + "/" + FakeHub.NAME);
    answer(FakeHub.status(403, "X-Error-Message", "no way\tfor you"));
    assertFails(Reason.UNAUTHORIZED, "403, no way for you");
    answer(FakeHub.status(418));
    assertFails(Reason.SERVER, "answers 418");
    environment.put("HF_TOKEN", "hf_secret");
    answer(FakeHub.status(401, "X-Error-Message", "Invalid credentials in Authorization header"));
    assertFails(Reason.UNAUTHORIZED, "does not accept the token");
    answer(FakeHub.status(401, "X-Error-Code", "RepoNotFound"));
    assertFails(Reason.NOT_FOUND, "the token that was sent does not open it");
    answer(FakeHub.status(403, "X-Error-Code", "GatedRepo"));
    assertFails(Reason.GATED, "the one that was sent has no access");
    assertEquals(List.of(), pauses);
    assertFalse(Files.exists(cache()));
  }

  @Test
  void filesAreGatedWhereListingsAreNot() {
    String commit = hub.commit("main", files);
    hub.next(
        FakeHub.file(commit, "1_Pooling/config.json"),
        FakeHub.status(401, "X-Error-Code", "GatedRepo"));
    assertFails(Reason.GATED, FakeHub.NAME);
    hub.next(
        FakeHub.file(commit, "1_Pooling/config.json"),
        FakeHub.status(404, "X-Error-Code", "EntryNotFound"));
    assertFails(Reason.FILE_NOT_FOUND, "1_Pooling/config.json");
  }

  @Test
  void namesThatLeadElsewhereAreRefused() {
    byte[] content = FakeHub.bytes("{}");
    for (String name :
        List.of(
            "../1_Pooling/config.json",
            "1_x/../../../config.json",
            "/config.json",
            "1_x//config.json",
            "1_x\\\\..\\\\config.json",
            "C:/1_x/config.json",
            "1_x/./config.json",
            "1_x\\n/config.json",
            "1_x./config.json",
            "1_" + "x".repeat(300) + "/config.json")) {
      String commit = hub.commit("main", Map.of(name, content, "n", FakeHub.bytes(name)));
      hub.listing("[" + FakeHub.entry(name, content) + "]");
      HubException e =
          assertThrows(
              HubException.class,
              () -> builder().build().snapshot(FakeHub.NAME, List.of("*config.json")));
      assertTrue(String.valueOf(e.getMessage()).contains("unsafe name"), e.getMessage());
      assertEquals(0, hub.count(FakeHub.file(commit, "")));
    }
    assertEquals(
        List.of(), tree(folder).stream().filter(path -> path.endsWith("config.json")).toList());
  }

  @Test
  void namesThatThisJvmCannotSpellAreNamed() {
    String encoding = System.getProperty("sun.jnu.encoding");
    System.setProperty("sun.jnu.encoding", "US-ASCII");
    try {
      files.put("1_Größe/config.json", FakeHub.bytes("{}"));
      hub.commit("main", files);
      assertFails(Reason.CACHE, "1_Größe/config.json", "US-ASCII", "LC_ALL");
      fails(Reason.CACHE, "@Größe");
    } finally {
      System.setProperty("sun.jnu.encoding", encoding);
    }
  }

  @Test
  void unsafeNamesThatNobodyWantsDoNoHarm() {
    hub.commit("main", files);
    var listing = new StringBuilder("[").append(FakeHub.entry("../../evil", new byte[1]));
    files.forEach((path, content) -> listing.append(',').append(FakeHub.entry(path, content)));
    hub.listing(listing.append(']').toString());
    assertEquals(4, tree(snapshot()).size());
  }

  @Test
  void foldersAreNotEnteredThroughLinks() throws Exception {
    String commit = hub.commit("main", files);
    var outside = Files.createDirectories(folder.resolve("outside"));
    var inside = Files.createDirectories(storage().resolve("snapshots").resolve(commit));
    Files.createSymbolicLink(inside.resolve("1_Pooling"), outside);
    assertFails(Reason.CACHE, "leads out of");
    assertEquals(List.of(), tree(outside));
  }

  @Test
  void answersThatMakeNoSenseAreNamed() {
    answer(FakeHub.instead(FakeHub.bytes("<html>")));
    assertFails(Reason.SERVER, "cannot be understood", "revision/main", "not valid JSON");
    answer(FakeHub.instead(FakeHub.bytes("{}")));
    assertFails(Reason.SERVER, "key 'sha' is missing");
    answer(FakeHub.instead(FakeHub.bytes("{\"sha\": \"" + "x".repeat(10_000) + "\"}")));
    assertTrue(String.valueOf(fails(Reason.SERVER, "").getMessage()).length() < 500);
    answer(FakeHub.instead(FakeHub.bytes("{\"sha\": \"../../x\"}")));
    assertFails(Reason.SERVER, "expected a commit");
    String commit = hub.commit("main", files);
    for (String entry :
        List.of(
            "{}",
            "[{\"type\": \"file\", \"path\": \"config.json\", \"size\": 1, \"oid\": \"../x\"}]",
            "[{\"type\": \"file\", \"path\": \"config.json\", \"size\": -1, \"oid\": \"x\"}]",
            "[{\"type\": \"file\", \"path\": \"config.json\", \"size\": 1e99, \"oid\": \"x\"}]",
            "[{\"type\": \"file\", \"path\": 1}]")) {
      hub.listing(entry);
      assertFails(Reason.SERVER, "cannot be understood", "tree/" + commit);
    }
    assertFalse(Files.exists(cache()));
  }

  @Test
  void endlessAnswersAreBrokenOff() {
    answer((exchange, content) -> {
      exchange.sendResponseHeaders(200, 0);
      byte[] spaces = FakeHub.bytes(" ".repeat(1 << 20));
      for (int i = 0; i < 64; i++) {
        exchange.getResponseBody().write(spaces);
      }
      return true;
    });
    assertFails(Reason.SERVER, "more than 32 MiB");
    String commit = hub.commit("main", files);
    for (String link :
        List.of(FakeHub.tree(commit) + "?recursive=true", "http://127.0.0.1:1/x", "//x/y", "%%%")) {
      hub.listing("[]");
      hub.next(
          FakeHub.tree(commit),
          (exchange, content) -> {
            exchange.getResponseHeaders().set("Link", "<" + link + ">; rel=\"next\"");
            return false;
          });
      assertFails(Reason.SERVER, link.equals("%%%") ? "no address" : "listing of files");
    }
    hub.requests.clear();
    hub.listing("[" + FakeHub.entry("config.json", new byte[0]) + "]");
    hub.next(
        FakeHub.tree(commit),
        100,
        (exchange, content) -> {
          exchange
              .getResponseHeaders()
              .set("Link", "<" + FakeHub.tree(commit) + "?recursive=true&cursor=0>; rel=\"next\"");
          return false;
        });
    assertFails(Reason.SERVER, "listing of files does not end");
    assertEquals(2, hub.count(FakeHub.tree(commit)));
  }

  @Test
  void redirectsAreFollowedWithinReason() {
    answer(FakeHub.status(302));
    assertFails(Reason.SERVER, "redirects to nowhere");
    answer(FakeHub.status(302, "Location", "file:///etc/passwd"));
    assertFails(Reason.SERVER, "redirects to a file address");
    hub.next(
        FakeHub.revision("main"), 20, FakeHub.status(302, "Location", FakeHub.revision("main")));
    assertFails(Reason.SERVER, "more than 10 redirects");
  }

  @Test
  void headersThatContradictTheListingAreNamed() {
    String commit = hub.commit("main", files);
    for (String header : List.of("X-Repo-Commit", "X-Linked-Etag", "X-Linked-Size")) {
      hub.next(
          FakeHub.file(commit, WEIGHTS),
          FakeHub.status(302, header, "\"0\"", "Location", stored(commit, WEIGHTS)));
      assertFails(Reason.CORRUPT, WEIGHTS, header, "found 0");
    }
  }

  @Test
  void namesAreChecked() {
    HubClient client = builder().build();
    for (String name : List.of("", "a/b/c", "../x", "a--b", "a/b@", "a/b@../x", "x y")) {
      assertThrows(IllegalArgumentException.class, () -> client.snapshot(name), name);
      assertTrue(client.locate(name).isEmpty(), name);
    }
    assertEquals(List.of(), hub.requests);
  }

  @Test
  void whereItMayBeAFolderThatIsSaid() {
    HubClient client = builder().build();
    answer(FakeHub.status(401));
    var e = assertThrows(HubException.class, () -> client.locate(FakeHub.NAME));
    assertTrue(String.valueOf(e.getMessage()).endsWith("there is no folder of that name either"));
    assertEquals(Reason.NOT_FOUND, e.reason());
    answer(FakeHub.status(418));
    var other = assertThrows(HubException.class, () -> client.locate(FakeHub.NAME));
    assertTrue(String.valueOf(other.getMessage()).endsWith("answers 418"));
    hub.close();
    var gone = assertThrows(HubException.class, () -> client.locate(FakeHub.NAME));
    assertTrue(String.valueOf(gone.getMessage()).endsWith("no folder of that name either"));
    assertEquals(Reason.UNREACHABLE, gone.reason());
  }
}

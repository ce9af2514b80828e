package io.github.modernbert.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.hub.HubException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Filter;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** Tests which files are downloaded, where they go, and which are not asked for again. */
final class SnapshotTest extends HubCase {
  private final Map<String, byte[]> files = FakeHub.smallModel();

  @Test
  void neededFilesAreLinkedToTheirContents() throws IOException {
    String commit = hub.commit("main", files);
    Path snapshot = snapshot();
    assertEquals(storage().resolve("snapshots").resolve(commit), snapshot);
    assertEquals(
        List.of("1_Pooling/config.json", "config.json", WEIGHTS, "tokenizer.json"), tree(snapshot));
    for (String file : tree(snapshot)) {
      assertArrayEquals(files.get(file), Files.readAllBytes(snapshot.resolve(file)), file);
    }
    String hash = FakeHub.sha256(FakeHub.weights(0));
    assertEquals(Path.of("../../blobs", hash), Files.readSymbolicLink(snapshot.resolve(WEIGHTS)));
    assertEquals(commit, Files.readString(storage().resolve("refs/main")));
    assertEquals(4, blobs().size());
    assertEquals(0, hub.count(FakeHub.file(commit, "onnx")));
  }

  @Test
  void whatIsThereIsNotAskedForAgain() {
    String commit = hub.commit("main", files);
    Path first = snapshot();
    hub.requests.clear();
    assertEquals(first, snapshot());
    assertEquals(
        List.of(FakeHub.revision("main")),
        hub.requests.stream().map(FakeHub.Request::path).toList());
    hub.requests.clear();
    assertEquals(first, snapshot("@" + commit));
    assertEquals(List.of(), hub.requests);
  }

  @Test
  void aDownloadNobodyListensToIsLogged() {
    hub.commit("main", files);
    var log = Logger.getLogger(Snapshot.class.getName());
    var messages = new ArrayList<String>();
    Filter before = log.getFilter();
    log.setFilter(entry -> !messages.add(entry.getMessage()));
    try {
      snapshot();
      snapshot();
      HubClient.Builder heard = builder().progress(progress -> {});
      heard.cache(folder.resolve("heard")).build().snapshot(FakeHub.NAME);
    } finally {
      log.setFilter(before);
    }
    assertEquals(1, messages.size(), messages.toString());
    assertTrue(messages.getFirst().startsWith("organisation/model: downloading "));
    assertTrue(messages.getFirst().endsWith(" MB into " + cache()), messages.toString());
  }

  @Test
  void aMovedBranchBringsWhatHasChanged() throws IOException {
    String old = hub.commit("main", files);
    Path before = snapshot();
    files.put("config.json", FakeHub.bytes("{}"));
    String moved = hub.commit("main", files);
    Path after = snapshot();
    assertEquals(moved, Files.readString(storage().resolve("refs/main")));
    assertEquals("{}", Files.readString(after.resolve("config.json")));
    assertTrue(Files.readString(before.resolve("config.json")).contains("modernbert"));
    assertEquals(0, hub.count(FakeHub.file(moved, WEIGHTS)));
    assertEquals(before, snapshot("@" + old));
  }

  @Test
  void revisionsArePinned() throws IOException {
    String old = hub.commit("v1.0", files);
    hub.commit("refs/pr/7", files);
    files.put("config.json", FakeHub.bytes("{}"));
    hub.commit("main", files);
    assertTrue(snapshot("@v1.0").endsWith(old));
    assertTrue(snapshot("@refs/pr/7").endsWith(old));
    assertTrue(snapshot("@" + old).endsWith(old));
    assertEquals(old, Files.readString(storage().resolve("refs/refs/pr/7")));
    assertEquals(
        List.of("refs/pr/7", "v1.0"),
        tree(storage().resolve("refs/")).stream()
            .map(p -> p.replace("refs/refs", "refs"))
            .toList());
  }

  @Test
  void longListingsComeInPages() {
    hub.pageSize(2);
    hub.commit("main", files);
    assertEquals(4, tree(snapshot()).size());
  }

  @Test
  void shardsAreLoadedWhereThereIsNoSingleFile() {
    files.put("model.safetensors.index.json", FakeHub.bytes("{}"));
    files.put("model-00001-of-00001.safetensors", FakeHub.weights(1));
    hub.commit("main", files);
    assertFalse(tree(snapshot()).contains("model.safetensors.index.json"));
    files.remove(WEIGHTS);
    hub.commit("main", files);
    List<String> sharded = tree(snapshot());
    assertTrue(sharded.contains("model.safetensors.index.json"), sharded.toString());
    assertTrue(sharded.contains("model-00001-of-00001.safetensors"), sharded.toString());
  }

  @Test
  void patternsChooseOtherFiles() {
    hub.commit("main", files);
    HubClient client = builder().build();
    Path snapshot = client.snapshot(FakeHub.NAME, List.of("*.md", "onnx/"));
    assertEquals(List.of("README.md", "onnx/model.onnx"), tree(snapshot));
    HubException e =
        assertThrows(HubException.class, () -> client.snapshot(FakeHub.NAME, List.of("*.nothing")));
    assertEquals(Reason.FILE_NOT_FOUND, e.reason());
  }

  @Test
  void filesOfPyTorchAreLoadedWhereThereIsNoSafetensors() {
    files.put("2_Dense/pytorch_model.bin", FakeHub.bytes("dense"));
    hub.commit("main", files);
    assertFalse(tree(snapshot()).contains("pytorch_model.bin"));
    assertTrue(tree(snapshot()).contains("2_Dense/pytorch_model.bin"));
    files.remove(WEIGHTS);
    files.put("pytorch_model.bin.index.json", FakeHub.bytes("{}"));
    files.put("pytorch_model-00001-of-00001.bin", FakeHub.weights(1));
    hub.commit("main", files);
    List<String> single = tree(snapshot());
    assertTrue(single.contains("pytorch_model.bin"), single.toString());
    assertFalse(single.contains("pytorch_model.bin.index.json"), single.toString());
    files.remove("pytorch_model.bin");
    hub.commit("main", files);
    List<String> sharded = tree(snapshot());
    assertTrue(sharded.contains("pytorch_model.bin.index.json"), sharded.toString());
    assertTrue(sharded.contains("pytorch_model-00001-of-00001.bin"), sharded.toString());
  }

  @Test
  void adaptersAreLoadedWithoutAModel() {
    files.keySet().removeAll(List.of(WEIGHTS, "pytorch_model.bin", "config.json"));
    files.put("adapter_config.json", FakeHub.bytes("{}"));
    files.put("adapter_model.bin", FakeHub.bytes("old"));
    hub.commit("main", files);
    assertTrue(tree(snapshot()).contains("adapter_model.bin"));
    files.put("adapter_model.safetensors", FakeHub.weights(1));
    hub.commit("main", files);
    List<String> adapter = tree(snapshot());
    assertTrue(
        adapter.containsAll(List.of("adapter_config.json", "adapter_model.safetensors")),
        adapter.toString());
    assertFalse(adapter.contains("adapter_model.bin"), adapter.toString());
  }

  @Test
  void whatIsNoModelIsRefusedBeforeItIsLoaded() {
    files.remove(WEIGHTS);
    files.remove("pytorch_model.bin");
    String commit = hub.commit("main", files);
    assertFails(Reason.FILE_NOT_FOUND, "model.safetensors", "onnx/model.onnx");
    assertEquals(0, hub.count(FakeHub.file(commit, "")));
  }

  @Test
  void withoutLinksFilesAreThereThemselves() throws IOException {
    environment.put("HF_HUB_DISABLE_SYMLINKS", "1");
    files.put("1_Pooling/config.json", files.get("config.json"));
    hub.commit("main", files);
    Path snapshot = snapshot();
    for (String file : tree(snapshot)) {
      assertFalse(Files.isSymbolicLink(snapshot.resolve(file)), file);
      assertArrayEquals(files.get(file), Files.readAllBytes(snapshot.resolve(file)), file);
    }
    assertEquals(List.of(), blobs());
  }

  @Test
  void progressCountsTheBytesOfAllNeededFiles() {
    hub.commit("main", files);
    long total =
        files.entrySet().stream()
            .filter(file -> new FilePatterns(ModelFiles.PATTERNS).matches(file.getKey()))
            .filter(file -> !file.getKey().equals("pytorch_model.bin"))
            .mapToLong(file -> file.getValue().length)
            .sum();
    var seen = new ArrayList<Long>();
    builder()
        .progress(progress -> {
          assertEquals(total, progress.total());
          seen.add(progress.done());
        })
        .build()
        .snapshot(FakeHub.NAME);
    assertEquals(total, seen.getLast());
    assertEquals(seen.stream().sorted().toList(), seen);
  }

  @Test
  void proxiesAreAskedForTheHostsTheyServe() {
    environment.put("HTTP_PROXY", hub.endpoint().toString());
    environment.put("NO_PROXY", "127.0.0.1");
    environment.put("HF_ENDPOINT", "http://hub.invalid");
    hub.commit("main", files);
    assertEquals(4, tree(snapshot()).size());
  }
}

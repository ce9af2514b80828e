package io.github.modernbert.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.files.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * The cache is the Python client's: what it has written for the same model, noted by {@code
 * src/test/python/cross_check.py}, is what we write, and is read by us.
 */
final class PythonLayoutTest extends HubCase {
  private final Json layout = read();

  private static Json read() {
    String name = "python-layout.json";
    try (InputStream in = PythonLayoutTest.class.getResourceAsStream(name)) {
      byte[] bytes = Objects.requireNonNull(in, name).readAllBytes();
      return Json.parse(name, new String(bytes, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void weWriteWhatThePythonClientWrites() throws IOException {
    hub.commit("main", FakeHub.smallModel());
    snapshot();
    var expected = new ArrayList<String>();
    for (Map.Entry<String, Json> link : layout.get("links").members().entrySet()) {
      Path written = cache().resolve(link.getKey());
      assertEquals(link.getValue().string(), Files.readSymbolicLink(written).toString());
      expected.add(link.getKey());
    }
    for (Map.Entry<String, Json> file : layout.get("files").members().entrySet()) {
      Path written = cache().resolve(file.getKey());
      assertFalse(Files.isSymbolicLink(written), file.getKey());
      assertEquals(file.getValue().string(), Files.readString(written), file.getKey());
      expected.add(file.getKey());
    }
    for (Json large : layout.get("large").items()) {
      Path written = cache().resolve(large.string());
      assertArrayEquals(FakeHub.weights(0), Files.readAllBytes(written), large.string());
      expected.add(large.string());
    }
    assertFalse(expected.isEmpty());
    assertEquals(expected.stream().sorted().toList(), tree(cache()));
  }

  @Test
  void weReadWhatThePythonClientHasWritten() throws IOException {
    for (Map.Entry<String, Json> file : layout.get("files").members().entrySet()) {
      Files.writeString(inCache(file.getKey()), file.getValue().string());
    }
    for (Json large : layout.get("large").items()) {
      Files.write(inCache(large.string()), FakeHub.weights(0));
    }
    for (Map.Entry<String, Json> link : layout.get("links").members().entrySet()) {
      Files.createSymbolicLink(inCache(link.getKey()), Path.of(link.getValue().string()));
    }
    List<String> before = tree(cache());
    String commit = hub.commit("main", FakeHub.smallModel());
    environment.put("HF_HUB_OFFLINE", "1");
    Path snapshot = snapshot();
    assertTrue(snapshot.endsWith(commit), snapshot.toString());
    assertArrayEquals(FakeHub.weights(0), Files.readAllBytes(snapshot.resolve(WEIGHTS)));
    environment.remove("HF_HUB_OFFLINE");
    assertEquals(snapshot, snapshot());
    assertEquals(1, hub.requests.size());
    assertEquals(before, tree(cache()));
  }

  private Path inCache(String name) throws IOException {
    Path path = cache().resolve(name);
    Files.createDirectories(path.resolveSibling("."));
    return path;
  }
}

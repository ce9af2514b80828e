package io.github.modernbert.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders, shards and everything that is not a checkpoint. */
class CheckpointTest {
  private static final String INDEX = "model.safetensors.index.json";

  @TempDir Path folder;

  @BeforeEach
  void twoShards() throws IOException {
    TestFiles.safetensors(
        folder.resolve("a.safetensors"),
        """
        {"__metadata__":{"format":"pt"},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},\
        "extra":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}\
        """,
        (byte) 1,
        (byte) 2);
    TestFiles.zeros(folder.resolve("b.safetensors"), "b", DType.F32, 1);
  }

  private Path index(String weightMap) throws IOException {
    return Files.writeString(folder.resolve(INDEX), "{\"weight_map\":" + weightMap + "}");
  }

  @Test
  void shardsAreOneCheckpoint() throws IOException {
    Path index = index("{\"b\":\"b.safetensors\",\"a\":\"a.safetensors\"}");
    for (Path given : List.of(folder, index)) {
      try (Checkpoint checkpoint = Checkpoint.open(given)) {
        assertEquals(Set.of("a", "b", "extra"), checkpoint.names());
        assertEquals(Map.of("format", "pt"), checkpoint.metadata());
        assertEquals(folder.resolve("a.safetensors"), checkpoint.tensor("a").file());
        assertEquals(2, checkpoint.files().size());
      }
    }
  }

  @Test
  void oneFileIsPreferredToAnIndex() throws IOException {
    index("{\"a\":\"a.safetensors\"}");
    TestFiles.zeros(folder.resolve("model.safetensors"), "single", DType.F32, 1);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertEquals(Set.of("single"), checkpoint.names());
    }
  }

  @Test
  void indexAndShardsMustAgree() throws IOException {
    index("{\"a\":\"b.safetensors\"}");
    Refusal.of(() -> Checkpoint.open(folder), INDEX, "'a'", "'b.safetensors'");
    index("{\"a\":\"b.safetensors\",\"b\":\"a.safetensors\"}");
    Refusal.of(() -> Checkpoint.open(folder), INDEX, "'a'", "'b.safetensors'", "in a.safetensors");
    index("{\"a\":\"c.safetensors\"}");
    Refusal.of(() -> Checkpoint.open(folder), INDEX, "'c.safetensors'", "missing");
    Files.copy(folder.resolve("a.safetensors"), folder.resolve("c.safetensors"));
    index("{\"a\":\"a.safetensors\",\"extra\":\"c.safetensors\"}");
    Refusal.of(() -> Checkpoint.open(folder), "'a'", "twice", "a.safetensors", "c.safetensors");
    index("{}");
    Refusal.of(() -> Checkpoint.open(folder), INDEX, "weight_map", "no tensor");
    index("{\"a\":5}");
    Refusal.of(() -> Checkpoint.open(folder), INDEX, "weight_map.a", "a string");
    Files.writeString(folder.resolve(INDEX), "{}");
    Refusal.of(() -> Checkpoint.open(folder), INDEX, "weight_map");
  }

  @Test
  void shardsStayInTheFolder() throws IOException {
    for (String outside :
        List.of(
            "../a.safetensors",
            "x/../../a.safetensors",
            "..",
            "/etc/passwd",
            "\\\\\\\\host\\\\share",
            "C:\\\\a",
            "..\\\\a.safetensors",
            "a\\u0000")) {
      index("{\"a\":\"" + outside + "\"}");
      Refusal.of(() -> Checkpoint.open(folder), INDEX, "weight_map.a", "inside the model's folder");
    }
    for (String itself : List.of("", ".")) {
      index("{\"a\":\"" + itself + "\"}");
      Refusal.of(() -> Checkpoint.open(folder), "is a folder, expected a file");
    }
  }

  @Test
  void aShardMayBeNamedInSeveralWays() throws IOException {
    TestFiles.zeros(folder.resolve("one.safetensors"), "a", DType.F32, 3);
    index("{\"a\":\"./one.safetensors\"}");
    try (var checkpoint = Checkpoint.open(folder)) {
      assertEquals(1, checkpoint.files().size());
    }
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    Refusal.of(() -> Checkpoint.open(folder), "model.safetensors", INDEX, "pytorch_model.bin");
    Refusal.of(() -> Checkpoint.open(folder.resolve("none")), "none", "not found");
    Files.createDirectory(folder.resolve("model.safetensors"));
    Refusal.of(() -> Checkpoint.open(folder), "model.safetensors", "is a folder");
  }

  @Test
  void permissionIsNamed() throws IOException {
    Path file = folder.resolve("a.safetensors");
    assumeFalse(System.getProperty("os.name", "").startsWith("Windows"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(file), "this user may read every file");
    Refusal.of(() -> Checkpoint.open(file), "a.safetensors", "permission");
  }

  @Test
  void otherFormatsAreRecognised() throws IOException {
    Map<String, String> beginnings =
        Map.of(
            "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a", "git lfs pull",
            "PK\3\4\0\0\b\b\0\0\0\0archive/data.pkl", "not copied whole",
            "\u0080\2}q\0(X\7\0\0\0", "pickle",
            "<!doctype html><html>", "download failed",
            "{\"a\": 1, \"b\": [2, 3]}", "JSON");
    for (var beginning : beginnings.entrySet()) {
      Path file = folder.resolve("model.safetensors");
      Files.write(file, beginning.getKey().getBytes(StandardCharsets.ISO_8859_1));
      Refusal.of(() -> Checkpoint.open(file), "model.safetensors", beginning.getValue());
    }
  }

  /** On Linux a mapping keeps the file's pages; a leak of one would keep the file's space too. */
  @Test
  void failedOpenReleasesTheFile() throws IOException {
    Path file = TestFiles.zeros(folder.resolve("z"), "z", DType.F32, 1 << 16);
    index("{\"z\":\"z\",\"b\":\"a.safetensors\"}");
    Refusal.of(() -> Checkpoint.open(folder), INDEX);
    Files.delete(file);
    Path maps = Path.of("/proc/self/maps");
    if (Files.exists(maps)) {
      assertFalse(Files.readString(maps).contains(file.toString()));
    }
  }
}

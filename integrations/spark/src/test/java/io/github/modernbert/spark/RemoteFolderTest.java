package io.github.modernbert.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.testdata.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Collections;
import java.util.HashSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Models in a Hadoop file system. */
final class RemoteFolderTest {
  private static final Path MODEL =
      Golden.root().resolve("sentence-transformers/pool-mean").toAbsolutePath().normalize();

  private static SparkSession spark;

  @TempDir private Path folder;
  private Path model;

  @BeforeAll
  static void start() {
    spark = Sessions.local();
  }

  @BeforeEach
  void copyModel() throws IOException {
    model = folder.resolve("my model");
    try (Stream<Path> files = Files.walk(MODEL)) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(MODEL.relativize(file)));
      }
    }
    CountedFileSystem.OPENED.set(0);
  }

  private RemoteFolder list() throws IOException {
    return RemoteFolder.list("counted://" + model, spark.sparkContext().hadoopConfiguration());
  }

  private static String refusal(Executable call) {
    Throwable thrown = assertThrows(ModelFileException.class, call);
    return Failures.message(thrown, ModelFileException.class);
  }

  @Test
  void nodeCopiesAFolderOnce() throws Exception {
    RemoteFolder remote = list();
    assertTrue(
        remote.files().stream().anyMatch(file -> file.name().equals("1_Pooling/config.json")));
    Path copies = folder.resolve("copies");
    Callable<Path> task = () -> remote.copy(copies);
    try (var threads = Executors.newFixedThreadPool(4)) {
      var found = new HashSet<Path>();
      for (var copy : threads.invokeAll(Collections.nCopies(8, task))) {
        found.add(copy.get());
      }
      assertEquals(1, found.size());
    }
    assertEquals(remote.files().size(), CountedFileSystem.OPENED.get());
    for (RemoteFolder.RemoteFile file : remote.files()) {
      assertArrayEquals(
          Files.readAllBytes(model.resolve(file.name())),
          Files.readAllBytes(remote.copy(copies).resolve(file.name())));
    }
  }

  @Test
  void changedFolderIsAnotherModel() throws Exception {
    RemoteFolder before = list();
    Files.writeString(model.resolve("README.md"), "changed");
    RemoteFolder after = list();
    assertNotEquals(before.version(), after.version());
    Path copies = folder.resolve("copies");
    assertNotEquals(before.copy(copies), after.copy(copies));
  }

  @Test
  void filesThatDifferFromTheListAreRefused() throws Exception {
    RemoteFolder remote = list();
    Path copies = folder.resolve("copies");
    Files.writeString(model.resolve("config.json"), "{}");
    String changed = refusal(() -> remote.copy(copies));
    assertTrue(changed.contains("my model/config.json"), changed);
    assertTrue(changed.contains("changed since the job was made"), changed);
    try (Stream<Path> left = Files.list(copies)) {
      assertTrue(left.allMatch(file -> file.toString().endsWith(".lock")), "a part is left");
    }

    RemoteFolder now = list();
    Path copy = now.copy(copies);
    Files.delete(copy.resolve("tokenizer.json"));
    String damaged = refusal(() -> now.copy(copies));
    assertTrue(damaged.contains("tokenizer.json"), damaged);
  }

  @Test
  void filesOfTheSameSizeThatDifferAreRefused() throws Exception {
    RemoteFolder remote = list();
    Path copies = folder.resolve("copies");
    byte[] weights = Files.readAllBytes(model.resolve("model.safetensors"));
    weights[weights.length - 1] ^= 1;
    Files.write(model.resolve("model.safetensors"), weights);
    Files.setLastModifiedTime(model.resolve("model.safetensors"), FileTime.fromMillis(12345));
    String changed = refusal(() -> remote.copy(copies));
    assertTrue(changed.contains("changed since the job was made"), changed);

    RemoteFolder now = list();
    Path copy = now.copy(copies).resolve("model.safetensors");
    weights[weights.length - 2] ^= 1;
    Files.write(copy, weights);
    String damaged = refusal(() -> now.copy(copies));
    assertTrue(damaged.contains("is damaged: %d bytes".formatted(weights.length)), damaged);
  }

  @Test
  void missingAndEmptyFoldersAreRefusedOnTheDriver() throws Exception {
    var texts = spark.sql("SELECT 'x' AS text");
    var embedder = new ModernBertEmbedder().setInputCol("text").setOutputCol("vector");
    embedder.setModel("counted://" + folder.resolve("none"));
    String missing = refusal(() -> embedder.transform(texts));
    assertTrue(missing.contains("/none: folder not found"), missing);
    embedder.setModel("counted://" + Files.createDirectory(folder.resolve("empty")));
    String empty = refusal(() -> embedder.transform(texts));
    assertTrue(empty.endsWith("/empty: has no files"), empty);
  }

  @Test
  void transformersTakeIt() {
    var embedder = new ModernBertEmbedder().setInputCol("text").setOutputCol("vector");
    var texts = spark.sql("SELECT 'Bread' AS text");
    Row there = embedder.setModel(MODEL.toString()).transform(texts).first();
    assertEquals(there, embedder.setModel("counted://" + model).transform(texts).first());
    assertTrue(CountedFileSystem.OPENED.get() > 0);
    int opened = CountedFileSystem.OPENED.get();
    assertEquals(there, embedder.setModel("file:" + model).transform(texts).first());
    assertEquals(opened, CountedFileSystem.OPENED.get(), "file: is the node's own disk");
  }
}

package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.testdata.Golden;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Models in a zip file, as in a jar: they load as from a folder, and messages name the zip. */
final class ForeignFileSystemTest {
  private static final String TEXT = "a way to see";

  @TempDir private Path folder;
  private FileSystem zip;

  @BeforeEach
  void create() throws IOException {
    zip = FileSystems.newFileSystem(folder.resolve("models.zip"), Map.of("create", "true"));
  }

  @AfterEach
  void close() throws IOException {
    zip.close();
  }

  private Path zipped(Path source) throws IOException {
    Path target = zip.getPath("/models", source.getFileName().toString());
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = target.resolve(source.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    return target;
  }

  @Test
  void modelsOfAllTasksLoad() throws IOException {
    for (Path source : TaskCases.folders()) {
      Path inZip = zipped(source);
      ModelDescription description = Models.describe(inZip);
      assertEquals(inZip, description.folder());
      try (TaskModel expected = Models.load(source);
          TaskModel model = Models.load(inZip)) {
        assertEquals(expected.info().tasks(), model.info().tasks());
        assertEquals(inZip.toUri().toString(), model.info().source());
      }
    }
  }

  @Test
  void vectorsAndStatesAreTheSame() throws IOException {
    Path mini =
        Golden.project().resolve("modernbert-mini/src/main/resources/META-INF/modernbert-mini");
    Path inZip = zipped(mini);
    try (var expected = TextEmbedder.load(mini);
        var embedder = TextEmbedder.load(inZip);
        var encoder = ModernBertModel.load(inZip)) {
      assertArrayEquals(expected.embed(TEXT), embedder.embed(TEXT));
      assertEquals(expected.dimension(), embedder.dimension());
      assertEquals(256, encoder.lastHiddenState(new int[] {1, 2})[0].length);
    }
  }

  @Test
  void quantizingReadsAZipButDoesNotWriteOne() throws IOException {
    Path source = TaskCases.folder("choice");
    Path target = folder.resolve("quantized");
    Models.quantize(zipped(source), target);
    try (var model = MultipleChoice.load(target)) {
      assertEquals(2, model.choose(TEXT, List.of("a", "b")).size());
    }
    Path other = zip.getPath("/quantized");
    var e = assertThrows(IllegalArgumentException.class, () -> Models.quantize(source, other));
    assertTrue(String.valueOf(e.getMessage()).startsWith(other.toUri().toString()), e.getMessage());
  }

  @Test
  void aModelIsCopiedOnce() throws IOException {
    Path inZip = zipped(TaskCases.folder("choice"));
    Path events = folder.resolve("events.jfr");
    try (var recording = new Recording()) {
      recording.enable("jdk.FileWrite").withoutThreshold();
      recording.start();
      Models.load(inZip).close();
      recording.stop();
      recording.dump(events);
    }
    Set<Path> copies =
        RecordingFile.readAllEvents(events).stream()
            .filter(event -> event.getEventType().getName().equals("jdk.FileWrite"))
            .map(event -> event.getString("path"))
            .filter(Objects::nonNull)
            .map(Path::of)
            .filter(path -> path.endsWith("config.json"))
            .collect(Collectors.toSet());
    assertEquals(1, copies.size(), copies.toString());
  }

  /** Files that are mapped into memory. */
  @Test
  void vectorsAndPreparedWeightsAreNotKeptInAZip() throws IOException {
    Path npy = zip.getPath("/v.npy");
    var vectors = Embeddings.of(new float[][] {{1, 2}});
    for (Executable call :
        List.<Executable>of(
            () -> VectorFiles.load(npy),
            () -> VectorFiles.map(npy),
            () -> VectorFiles.save(vectors, npy),
            () -> LoadOptions.defaults().cacheFolder(npy),
            () -> Models.prepare(TaskCases.folder("choice"), npy, LoadOptions.defaults()))) {
      var e = assertThrows(IllegalArgumentException.class, call);
      String message = String.valueOf(e.getMessage());
      assertTrue(message.contains("on the default file system"), message);
      assertTrue(message.endsWith("found " + npy.toUri()), message);
    }
    assertFalse(Files.exists(npy));
  }

  @Test
  void messagesNameTheFileInTheZip() throws IOException {
    Path inZip = zipped(TaskCases.folder("choice"));
    Path config = inZip.resolve("config.json");
    Files.writeString(config, "{");
    String message = message(inZip);
    assertTrue(message.startsWith(config.toUri() + ": not valid JSON"), message);
    Files.delete(config);
    assertTrue(message(inZip).startsWith(config.toUri() + ": file not found"), message(inZip));
    Path missing = zip.getPath("/missing");
    assertTrue(message(missing).endsWith("folder not found"), message(missing));
  }

  private static String message(Path place) {
    return String.valueOf(
        assertThrows(ModelFileException.class, () -> Models.load(place)).getMessage());
  }
}

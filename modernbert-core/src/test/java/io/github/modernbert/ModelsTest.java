package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.testdata.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the tasks that folders are said to be for. */
final class ModelsTest {
  /** The task that the golden scripts made a folder for. */
  private static Task madeFor(Path folder, String architecture) {
    boolean cross = folder.getFileName().toString().startsWith("cross-one");
    return switch (architecture.replace("ModernBert", "")) {
      case "Model" -> Task.EMBEDDING;
      case "ForMaskedLM" -> Task.FILL_MASK;
      case "ForSequenceClassification" -> cross ? Task.RERANKING : Task.TEXT_CLASSIFICATION;
      case "ForTokenClassification" -> Task.TOKEN_CLASSIFICATION;
      case "ForQuestionAnswering" -> Task.QUESTION_ANSWERING;
      case "ForMultipleChoice" -> Task.MULTIPLE_CHOICE;
      default -> throw new AssertionError(architecture);
    };
  }

  @Test
  void everyGoldenFolderIsForWhatItWasMadeFor() {
    int folders = 0;
    for (String part : List.of("checkpoints", "sentence-transformers")) {
      for (Path folder : Golden.folders(part, "config.json", "model.safetensors")) {
        if (Files.exists(folder.resolve("cases.json"))) {
          ModelDescription description = Models.describe(folder);
          Task expected = madeFor(folder, description.config().architectures().getFirst());
          if (expected == Task.TEXT_CLASSIFICATION) {
            assertTrue(description.tasks().contains(expected), folder.toString());
          } else {
            assertEquals(expected, description.mainTask(), folder.toString());
          }
          folders++;
        }
      }
    }
    Golden.report("folders described", folders);
  }

  @Test
  void labelsOfInferenceAllowZeroShot() {
    for (Path folder : Golden.folders("sentence-transformers", "cases.json", "config.json")) {
      ModelDescription description = Models.describe(folder);
      assertEquals(
          description.config().labels().contains("entailment"),
          description.tasks().contains(Task.ZERO_SHOT_CLASSIFICATION),
          folder.toString());
    }
  }

  @Test
  void otherTasksAreRefusedWithWhatThereIs() {
    int refused = 0;
    for (Path folder : Golden.folders("checkpoints/heads", "cases.json")) {
      ModelDescription description = Models.describe(folder);
      for (Task task : Task.values()) {
        if (!description.tasks().contains(task)) {
          var e = assertThrows(ModelFileException.class, () -> description.require(task));
          String message = String.valueOf(e.getMessage());
          assertTrue(message.startsWith(folder + ": cannot do " + task.key()), message);
          assertTrue(
              message.contains(description.head())
                  || message.contains(description.config().labels().toString()),
              message);
          assertTrue(message.contains(description.mainTask().className()), message);
          refused++;
        }
      }
    }
    Golden.report("tasks refused", refused);
  }

  @Test
  void classifiersOfUnknownKindMayBeAnything(@TempDir Path copy) throws IOException {
    Path folder = Golden.folders("checkpoints/heads", "cases.json").getLast();
    copy(folder, copy);
    Path config = copy.resolve("config.json");
    String text = Files.readString(config);
    Files.writeString(config, text.replaceFirst("\"architectures\": *\\[[^]]*],", ""));
    List<Task> tasks = Models.describe(copy).tasks();
    assertTrue(
        tasks.containsAll(List.of(Task.TEXT_CLASSIFICATION, Task.TOKEN_CLASSIFICATION)),
        tasks.toString());
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  @Test
  void foldersAreLoadedAsWhatTheyWereMadeFor() {
    int loaded = 0;
    LoadOptions options = LoadOptions.defaults().threads(1).kernels(KernelChoice.PORTABLE);
    for (Path folder : TaskCases.folders()) {
      try (TaskModel model = Models.load(folder, options)) {
        Task task = Models.describe(folder).mainTask();
        assertEquals(task.className(), model.getClass().getSimpleName());
        assertEquals(Models.describe(folder).tasks(), model.info().tasks());
        assertEquals(Set.of(), model.info().unusedTensors(), folder.toString());
        loaded++;
      }
    }
    Golden.report("folders loaded", loaded);
  }

  @Test
  void foldersThatCannotBeUsedAreNamed(@TempDir Path folder) throws IOException {
    assertRefused("folder not found", folder.resolve("missing"));
    assertRefused("config.json: file not found", folder);
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"bert\"}");
    assertRefused("need modernbert", folder);
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"modernbert\"}");
    assertRefused("holds none of model.safetensors", folder);
    Files.writeString(folder.resolve("modules.json"), "[]");
    assertRefused("modules.json: names no module", folder);
  }

  private static void assertRefused(String part, Path folder) {
    var e = assertThrows(ModelFileException.class, () -> Models.load(folder));
    assertTrue(String.valueOf(e.getMessage()).contains(part), e.getMessage());
  }

  @Test
  void labelsThatCannotBeReadMatterToTasksThatNeedThem(@TempDir Path folder) throws IOException {
    Path mini =
        Golden.project().resolve("modernbert-mini/src/main/resources/META-INF/modernbert-mini");
    Path embedder = withBadLabels(mini, folder.resolve("embedder"));
    try (TaskModel model = Models.load(embedder)) {
      assertEquals(List.of(Task.EMBEDDING), model.info().tasks());
    }
    Path classifier = withBadLabels(TaskCases.folder("text-single"), folder.resolve("classifier"));
    var e = assertThrows(ModelFileException.class, () -> TextClassifier.load(classifier));
    assertTrue(String.valueOf(e.getMessage()).contains("id2label"), e.getMessage());
  }

  private static Path withBadLabels(Path source, Path target) throws IOException {
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = target.resolve(source.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    Path config = target.resolve("config.json");
    String settings = Files.readString(config).replace("\"id2label\"", "\"other\"");
    Files.writeString(
        config, settings.replaceFirst("\\{", "{\"id2label\": {\"1\": \"a\", \"2\": \"b\"},"));
    return target;
  }

  @Test
  void aModelThatTakesNoTextIsRefusedWithoutBlamingTheCaller(@TempDir Path folder)
      throws IOException {
    Path source = Golden.root().resolve("sentence-transformers/cross-one-label");
    try (Stream<Path> files = Files.list(source)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    Path config = folder.resolve("config.json");
    String settings = Files.readString(config);
    Files.writeString(
        config,
        settings.replaceFirst(
            "\"max_position_embeddings\": *\\d+", "\"max_position_embeddings\": 1"));
    try (var encoder = CrossEncoder.load(folder)) {
      var e = assertThrows(ModelFileException.class, () -> encoder.predict(new TextPair("a", "b")));
      String message = String.valueOf(e.getMessage());
      assertTrue(message.contains("the model takes at most 1 tokens"), message);
    }
  }
}

package io.github.modernbert;

import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.tasks.Head;
import io.github.modernbert.weights.Checkpoint;
import io.github.modernbert.weights.ModuleTypes;
import io.github.modernbert.weights.SentenceTransformersFolder;
import io.github.modernbert.weights.TransformerFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The description of a model's folder, derived from {@code architectures}, the names of the
 * checkpoint's tensors and the files of sentence-transformers.
 *
 * @param folder the folder
 * @param config the encoder's configuration
 * @param modules the types of the modules that {@code modules.json} lists, such as {@code Pooling};
 *     empty without the file
 * @param head the head on the encoder, in words
 * @param tasks the tasks that the model can do, its main task first; at least one
 */
public record ModelDescription(
    Path folder, ModernBertConfig config, List<String> modules, String head, List<Task> tasks) {
  private static final String ENTAILMENT = "entail";

  /** Copies the lists. */
  public ModelDescription {
    modules = List.copyOf(modules);
    tasks = List.copyOf(tasks);
  }

  /** The task that the model was trained for: the first of {@link #tasks}. */
  public Task mainTask() {
    return tasks.getFirst();
  }

  /** Reads the folder; see {@link Models#describe}. */
  static ModelDescription read(Path folder) {
    ModuleTypes modules = ModuleTypes.read(folder);
    var files = TransformerFiles.of(modules.transformer(), Models::locate);
    ModernBertConfig config = files.config();
    Set<String> tensors;
    try (Checkpoint checkpoint = files.open()) {
      tensors = new TreeSet<>(checkpoint.names());
    }
    Head head = Head.of(config, tensors);
    return new ModelDescription(
        folder, config, modules.types(), head.description(), tasks(files, modules, head));
  }

  /** The same, of another folder with these files. */
  ModelDescription at(Path place) {
    return new ModelDescription(place, config, modules, head, tasks);
  }

  private static List<Task> tasks(TransformerFiles files, ModuleTypes modules, Head head) {
    if (modules.isSparse()) {
      return List.of(Task.SPARSE_EMBEDDING, Task.FILL_MASK);
    }
    if (modules.isMultiVector()) {
      return List.of(Task.LATE_INTERACTION);
    }
    if (modules.isReranker()) {
      return List.of(Task.RERANKING);
    }
    if (modules.types().contains("Pooling")) {
      return List.of(Task.EMBEDDING);
    }
    return switch (head) {
      case NONE -> List.of(Task.EMBEDDING);
      case MASKED_LM -> List.of(Task.FILL_MASK, Task.EMBEDDING, Task.SPARSE_EMBEDDING);
      case SEQUENCE_CLASSIFICATION -> sequenceTasks(files, !modules.types().isEmpty());
      case TOKEN_CLASSIFICATION -> List.of(Task.TOKEN_CLASSIFICATION);
      case QUESTION_ANSWERING -> List.of(Task.QUESTION_ANSWERING);
      case MULTIPLE_CHOICE -> List.of(Task.MULTIPLE_CHOICE);
      case ANY_CLASSIFICATION -> {
        var tasks = new ArrayList<>(sequenceTasks(files, !modules.types().isEmpty()));
        tasks.addAll(
            List.of(Task.TOKEN_CLASSIFICATION, Task.QUESTION_ANSWERING, Task.MULTIPLE_CHOICE));
        yield tasks;
      }
    };
  }

  /** Every sequence classifier can be used as a cross-encoder; some were made to be one. */
  private static List<Task> sequenceTasks(TransformerFiles files, boolean isCrossEncoder) {
    ModernBertConfig config = files.config();
    var tasks = new ArrayList<Task>();
    tasks.add(Task.TEXT_CLASSIFICATION);
    boolean ranks =
        isCrossEncoder
            || SentenceTransformersFolder.activation(files.configJson()).isPresent()
            || config.labels().equals(List.of("LABEL_0"));
    tasks.add(ranks ? 0 : 1, Task.RERANKING);
    if (config.labels().size() > 1 && entailment(config.labels()) >= 0) {
      tasks.add(Task.ZERO_SHOT_CLASSIFICATION);
    }
    return tasks;
  }

  /** The label that says that a hypothesis follows; −1 if there is none. */
  static int entailment(List<String> labels) {
    for (int i = 0; i < labels.size(); i++) {
      if (labels.get(i).toLowerCase(Locale.ROOT).startsWith(ENTAILMENT)) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Checks that the model can do a task.
   *
   * @throws ModelFileException if not; the message names what it has instead, and its class
   */
  void require(Task task) {
    if (tasks.contains(task)) {
      return;
    }
    String found = head + " (architectures " + config.architectures();
    found += modules.isEmpty() ? ")" : ", modules " + modules + ")";
    if (task == Task.ZERO_SHOT_CLASSIFICATION && tasks.contains(Task.TEXT_CLASSIFICATION)) {
      found = "no label that begins with '%s', only %s".formatted(ENTAILMENT, config.labels());
    }
    throw new ModelFileException(
        folder,
        "cannot do %s: it has %s; %s"
            .formatted(
                task.key(),
                found,
                tasks.stream().map(Task::use).collect(Collectors.joining(" or "))));
  }
}

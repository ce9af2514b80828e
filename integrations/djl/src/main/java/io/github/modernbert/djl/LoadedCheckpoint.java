package io.github.modernbert.djl;

import io.github.modernbert.LoadOptions;
import io.github.modernbert.ModelDescription;
import io.github.modernbert.Models;
import io.github.modernbert.ModernBertModel;
import io.github.modernbert.Task;
import io.github.modernbert.TaskModel;
import io.github.modernbert.weights.ModuleTypes;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A folder and what it has been loaded as. DJL loads a model before it says what for, so it is
 * first loaded for its main task, which also shows whether its files are usable. Other uses of it
 * are loaded when they are asked for; what has been loaded in vain is then freed before.
 */
final class LoadedCheckpoint implements AutoCloseable {
  private final ModelDescription description;
  private final LoadOptions options;
  private final Map<Task, TaskModel> loaded = new EnumMap<>(Task.class);
  private final Set<Task> used = EnumSet.noneOf(Task.class);
  private @Nullable ModernBertModel encoder;
  private boolean closed;

  LoadedCheckpoint(Path folder, LoadOptions options) {
    this.options = options;
    description = Models.describe(folder);
    loaded.put(description.mainTask(), Models.load(folder, options));
  }

  ModelDescription description() {
    return description;
  }

  /** Whether it takes arrays of token ids besides texts: if its results are hidden states. */
  boolean takesTokens() {
    return description.tasks().contains(Task.EMBEDDING);
  }

  /** The model for a task that is one of the description's. */
  synchronized <M extends TaskModel> M open(
      Task task, Class<M> type, BiFunction<Path, LoadOptions, M> loader) {
    requireOpen();
    if (!loaded.containsKey(task)) {
      freeUnused();
      loaded.put(task, loader.apply(description.folder(), options));
    }
    used.add(task);
    return type.cast(loaded.get(task));
  }

  /** The bare encoder. */
  synchronized ModernBertModel encoder() {
    requireOpen();
    if (encoder == null) {
      freeUnused();
      Path folder = ModuleTypes.read(description.folder()).transformer();
      encoder = ModernBertModel.load(folder, options);
    }
    return encoder;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the model is closed");
    }
  }

  /** Frees what has been loaded and not been asked for; it is loaded again if it ever is. */
  synchronized void freeUnused() {
    loaded
        .entrySet()
        .removeIf(entry -> {
          boolean unused = !used.contains(entry.getKey());
          if (unused) {
            entry.getValue().close();
          }
          return unused;
        });
  }

  @Override
  public synchronized void close() {
    closed = true;
    loaded.values().forEach(TaskModel::close);
    if (encoder != null) {
      encoder.close();
    }
  }
}

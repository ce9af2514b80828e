package io.github.modernbert.spark;

import io.github.modernbert.LoadOptions;
import io.github.modernbert.TaskModel;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.jspecify.annotations.Nullable;

/**
 * A task's use of the executor's model: taken when the first text is there, given back at the end.
 * Used by one thread.
 *
 * @param <M> the class of the model
 */
final class ModelUse<M extends TaskModel> implements AutoCloseable {
  private static final Pattern LOCAL = Pattern.compile("local\\[(\\d+)");

  private final ModelSpec spec;
  private final TextTask<M> task;
  private ExecutorModels.@Nullable Lease<M> lease;

  ModelUse(ModelSpec spec, TextTask<M> task) {
    this.spec = spec;
    this.task = task;
  }

  /**
   * The model.
   *
   * @throws RuntimeException if it cannot be loaded, or the task's options do not fit it
   */
  M model() {
    ExecutorModels.Lease<M> taken = lease;
    if (taken == null) {
      LoadOptions options = spec.options(cores());
      var key = new ExecutorModels.Key(task.modelClass(), spec.source().key(), options);
      taken =
          ExecutorModels.SHARED.use(
              key, task.modelClass(), () -> spec.source().load(task, options));
      lease = taken;
      // Options that do not fit the model are no row's fault.
      task.compute(taken.model(), List.of());
    }
    return taken.model();
  }

  @Override
  public void close() {
    if (lease != null) {
      lease.close();
      lease = null;
    }
  }

  /** The cores of this executor, as its cluster manager gives them. */
  private static int cores() {
    int processors = Runtime.getRuntime().availableProcessors();
    return SparkEnv.get() == null ? processors : cores(SparkEnv.get().conf(), processors);
  }

  /**
   * The cores of an executor.
   *
   * @param processors what the JVM sees, which may be those of the whole node
   */
  static int cores(SparkConf conf, int processors) {
    String master = conf.get("spark.master", "");
    Matcher local = LOCAL.matcher(master);
    if (local.lookingAt()) {
      return Integer.parseInt(local.group(1));
    }
    boolean oneByDefault =
        master.equals("local") || master.startsWith("yarn") || master.startsWith("k8s:");
    return conf.getInt("spark.executor.cores", oneByDefault ? 1 : processors);
  }
}

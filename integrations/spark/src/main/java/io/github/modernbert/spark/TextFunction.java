package io.github.modernbert.spark;

import io.github.modernbert.TaskModel;
import java.util.List;
import org.apache.spark.sql.api.java.UDF1;
import org.jspecify.annotations.Nullable;

/**
 * A function of SQL on one text: what is sent to executors. One instance may be called by several
 * threads.
 *
 * @param spec the model
 * @param task what is computed
 * @param <M> the class of the model
 * @param <R> what SQL gets
 */
record TextFunction<M extends TaskModel, R>(ModelSpec spec, TextTask<M> task)
    implements UDF1<@Nullable String, @Nullable R> {
  @Override
  @SuppressWarnings("unchecked") // The transformer whose task it is knows the type of its results.
  public @Nullable R call(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try (var use = new ModelUse<>(spec, task)) {
      List<String[]> input = List.<String[]>of(new String[] {text});
      return (R) task.compute(use.model(), input).getFirst().value();
    }
  }
}

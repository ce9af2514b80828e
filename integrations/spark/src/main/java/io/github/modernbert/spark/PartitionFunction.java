package io.github.modernbert.spark;

import io.github.modernbert.TaskModel;
import io.github.modernbert.spark.ModelColumns.Layout;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Adds results to the rows of a partition: what is sent to an executor.
 *
 * @param spec the model
 * @param task what is computed
 * @param layout where texts and results are
 * @param <M> the class of the model
 */
record PartitionFunction<M extends TaskModel>(ModelSpec spec, TextTask<M> task, Layout layout)
    implements MapPartitionsFunction<Row, Row> {
  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    var use = new ModelUse<>(spec, task);
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> use.close());
    return new ResultRows<>(rows, use, task, layout, spec.tokenBudget());
  }
}

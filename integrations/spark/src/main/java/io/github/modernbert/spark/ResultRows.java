package io.github.modernbert.spark;

import io.github.modernbert.TaskModel;
import io.github.modernbert.spark.ModelColumns.Layout;
import io.github.modernbert.spark.TextTask.Result;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;
import scala.collection.Seq;

/**
 * The rows of a partition with their results, in their order. Takes rows in groups whose texts have
 * about the tokens of eight of the model's batches, so memory does not grow with the partition.
 * Used by one thread.
 *
 * @param <M> the class of the model
 */
final class ResultRows<M extends TaskModel> implements Iterator<Row> {
  /** As many batches as the library sorts by length together. */
  private static final int BATCHES_IN_GROUP = 8;

  private static final int CHARS_PER_TOKEN = 4;

  /**
   * Characters that a row counts for besides its texts, so that rows without texts fill a group
   * too.
   */
  private static final int CHARS_PER_ROW = 32;

  private static final int CHARS_PER_ITEM = 8;

  /** Bytes of other columns that a group holds at most, even if its batches are not full then. */
  private static final long MOST_HELD = 1 << 25;

  private final Iterator<Row> rows;
  private final ModelUse<M> use;
  private final TextTask<M> task;
  private final Layout layout;
  private final long groupChars;
  private final Queue<Row> ready = new ArrayDeque<>();
  private long taken;

  ResultRows(
      Iterator<Row> rows, ModelUse<M> use, TextTask<M> task, Layout layout, int tokenBudget) {
    this.rows = rows;
    this.use = use;
    this.task = task;
    this.layout = layout;
    this.groupChars = (long) BATCHES_IN_GROUP * tokenBudget * CHARS_PER_TOKEN;
  }

  @Override
  public boolean hasNext() {
    if (ready.isEmpty() && rows.hasNext()) {
      compute();
    }
    return !ready.isEmpty();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.remove();
  }

  /** The texts for one of a row's results, and what becomes of them. */
  private static final class Input {
    private final String[] texts;
    private final long row;
    private final int output;
    private @Nullable Result result;
    private @Nullable String refusal;

    Input(String[] texts, long row, int output) {
      this.texts = texts;
      this.row = row;
      this.output = output;
    }

    int chars() {
      return Arrays.stream(texts).mapToInt(String::length).sum();
    }
  }

  /** A row and the inputs it has: none for results that are null because a text is. */
  private record Pending(Row row, List<Input> inputs) {}

  private void compute() {
    var group = new ArrayList<Pending>();
    long held = 0;
    for (long room = groupChars; room > 0 && held < MOST_HELD && rows.hasNext(); taken++) {
      Row row = rows.next();
      List<Input> inputs = inputs(row);
      group.add(new Pending(row, inputs));
      room -= CHARS_PER_ROW + inputs.stream().mapToInt(Input::chars).sum();
      held += size(row);
    }
    List<Input> inputs = group.stream().flatMap(pending -> pending.inputs().stream()).toList();
    if (!inputs.isEmpty()) {
      answer(use.model(), inputs);
    }
    group.forEach(pending -> ready.add(extended(pending)));
  }

  /** About how many characters a row has in all of its columns. */
  private static long size(Row row) {
    long size = 0;
    for (int i = 0; i < row.size(); i++) {
      size +=
          switch (row.get(i)) {
            case String text -> text.length();
            case byte[] bytes -> bytes.length;
            case Seq<?> items -> (long) CHARS_PER_ITEM * items.length();
            case null, default -> 0;
          };
    }
    return size;
  }

  private List<Input> inputs(Row row) {
    var inputs = new ArrayList<Input>();
    for (int output = 0; output < layout.inputs().size(); output++) {
      int[] columns = layout.inputs().get(output);
      if (Arrays.stream(columns).noneMatch(row::isNullAt)) {
        String[] texts = Arrays.stream(columns).mapToObj(row::getString).toArray(String[]::new);
        inputs.add(new Input(texts, taken, output));
      }
    }
    return inputs;
  }

  /** Computes inputs together; if one is refused, in halves, until it stands alone. */
  private void answer(M model, List<Input> inputs) {
    List<Result> results;
    try {
      results = task.compute(model, inputs.stream().map(input -> input.texts).toList());
    } catch (IllegalArgumentException e) {
      if (inputs.size() == 1) {
        refuse(inputs.getFirst(), e);
      } else {
        int half = inputs.size() / 2;
        answer(model, inputs.subList(0, half));
        answer(model, inputs.subList(half, inputs.size()));
      }
      return;
    }
    for (int i = 0; i < results.size(); i++) {
      inputs.get(i).result = results.get(i);
    }
  }

  private void refuse(Input input, IllegalArgumentException e) {
    // The cause is what the library says of the text, without its number in the list.
    String reason =
        String.valueOf((e.getCause() instanceof IllegalArgumentException c ? c : e).getMessage());
    String columns = layout.names().get(input.output);
    if (!layout.errors()) {
      throw new IllegalArgumentException(
          "partition %d, row %d (from 0), %s: %s"
              .formatted(TaskContext.getPartitionId(), input.row, columns, reason),
          e);
    }
    input.refusal = columns + ": " + reason;
  }

  private Row extended(Pending pending) {
    Row row = pending.row();
    int outputs = layout.inputs().size();
    int added =
        outputs
            + (layout.tokens() ? 1 : 0)
            + (layout.truncated() ? 1 : 0)
            + (layout.errors() ? 1 : 0);
    var values = new @Nullable Object[row.size() + added];
    for (int i = 0; i < row.size(); i++) {
      values[i] = row.get(i);
    }
    var refusals = new ArrayList<String>();
    for (Input input : pending.inputs()) {
      Result result = input.result;
      if (result == null) {
        refusals.add(String.valueOf(input.refusal));
        continue;
      }
      values[row.size() + input.output] = result.value();
      int next = row.size() + outputs;
      if (layout.tokens()) {
        values[next++] = result.tokens();
      }
      if (layout.truncated()) {
        values[next] = result.truncated();
      }
    }
    if (!refusals.isEmpty()) {
      values[values.length - 1] = String.join("; ", refusals);
    }
    return RowFactory.create(values);
  }
}

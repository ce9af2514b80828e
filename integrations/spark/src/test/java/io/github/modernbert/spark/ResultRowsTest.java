package io.github.modernbert.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.LoadOptions;
import io.github.modernbert.Precision;
import io.github.modernbert.TaskModel;
import io.github.modernbert.WeightType;
import io.github.modernbert.spark.ModelColumns.Layout;
import io.github.modernbert.testdata.Golden;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How many rows are held, and how they are computed together, without Spark around them. */
final class ResultRowsTest {
  private static final int TOKEN_BUDGET = 256;
  private static final ModelSpec SPEC =
      new ModelSpec(
          new ModelSource.Named(
              Golden.root().resolve("sentence-transformers/pool-mean").toString()),
          Precision.FLOAT32,
          WeightType.FLOAT32,
          TOKEN_BUDGET,
          1);

  private final AtomicInteger taken = new AtomicInteger();

  private Iterator<Row> rows(int count, @Nullable String text) {
    return IntStream.range(0, count)
        .mapToObj(i -> {
          taken.incrementAndGet();
          return RowFactory.create(i, i % 10 == 0 ? text : null);
        })
        .iterator();
  }

  private static <M extends TaskModel> ResultRows<M> results(
      Iterator<Row> rows, TextTask<M> task, boolean errors) {
    var layout = new Layout(List.of(new int[] {1}), List.of("column 'text'"), false, false, errors);
    return new ResultRows<>(rows, new ModelUse<>(SPEC, task), task, layout, TOKEN_BUDGET);
  }

  @Test
  void rowsThatAreHeldDoNotGrowWithThePartition() {
    var task = new ModernBertEmbedder().task();
    ResultRows<?> results = results(rows(100_000, "one word"), task, false);
    int held = 0;
    int given = 0;
    while (results.hasNext()) {
      Row row = results.next();
      assertEquals(given, row.getInt(0));
      assertEquals(row.isNullAt(1), row.isNullAt(2));
      given++;
      held = Math.max(held, taken.get() - given);
    }
    assertEquals(100_000, given);
    // Eight batches of 256 tokens are about 8192 characters, and a row counts 32 and its text.
    assertTrue(held <= 8 * TOKEN_BUDGET * 4 / 32 + 1, "held " + held);
  }

  @Test
  void rowsWithoutTextsFillGroupsToo() {
    ResultRows<?> results = results(rows(10_000, null), new ModernBertEmbedder().task(), false);
    results.next();
    assertTrue(taken.get() < 1000, "took " + taken);
  }

  /** A gigabyte of images beside the texts does not have to fit into memory. */
  @Test
  void largeColumnsThatPassThroughFillGroups() {
    Iterator<Row> rows =
        IntStream.range(0, 1000)
            .mapToObj(i -> {
              taken.incrementAndGet();
              return RowFactory.create(new byte[1 << 20], "a word");
            })
            .iterator();
    ResultRows<?> results = results(rows, new ModernBertEmbedder().task(), false);
    for (int i = 0; i < 40; i++) {
      results.next();
      assertEquals(i < 32 ? 32 : 64, taken.get());
    }
  }

  /** Counts the calls of a task. */
  private record Counted<M extends TaskModel>(TextTask<M> task, List<Integer> calls)
      implements TextTask<M> {
    private static final long serialVersionUID = 1;

    @Override
    public Class<M> modelClass() {
      return task.modelClass();
    }

    @Override
    public M load(Path folder, LoadOptions options) {
      return task.load(folder, options);
    }

    @Override
    public List<Result> compute(M model, List<String[]> inputs) {
      calls.add(inputs.size());
      return task.compute(model, inputs);
    }
  }

  @Test
  void refusedRowIsFoundByHalving() {
    var texts = new ArrayList<@Nullable String>();
    IntStream.range(0, 64).forEach(i -> texts.add(i == 40 ? "word ".repeat(50) : "word"));
    Iterator<Row> rows = texts.stream().map(text -> RowFactory.create(0, text)).iterator();
    var counted =
        new Counted<>(
            new ModernBertEmbedder().setMaxLength(16).setTruncate(false).task(), new ArrayList<>());
    ResultRows<?> results = results(rows, counted, true);
    int refused = 0;
    while (results.hasNext()) {
      Row row = results.next();
      refused += row.isNullAt(2) ? 1 : 0;
      assertEquals(row.isNullAt(2), !row.isNullAt(3));
    }
    assertEquals(1, refused);
    // The options alone, all texts, then halves of the half that is refused.
    assertEquals(List.of(0, 64, 32, 32, 16, 8, 8, 4, 2, 1, 1, 2, 4, 16), counted.calls());
  }
}

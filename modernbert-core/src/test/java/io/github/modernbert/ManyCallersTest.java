package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.modernbert.testdata.Golden;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callers that are computed together get what each gets alone, of all tasks, to the bit. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ManyCallersTest {
  private static final Path EXTRA = Golden.project().resolve("src-test-data/golden-extra");
  private static final LoadOptions OPTIONS = LoadOptions.defaults().threads(1).tokenBudget(128);
  private static final int CALLERS = 24;

  @Test
  void ofAllTasks() throws InterruptedException, ExecutionException {
    for (Path folder : TaskCases.folders()) {
      check(Models.load(folder, OPTIONS));
    }
    check(TextEmbedder.bundled(OPTIONS));
    check(FillMask.load(EXTRA.resolve("fill-mask/tied"), OPTIONS));
    check(SparseEncoder.load(EXTRA.resolve("sparse/sum-log1p"), OPTIONS));
    check(ColBert.load(EXTRA.resolve("multi-vector/native"), OPTIONS));
  }

  private static void check(TaskModel model) throws InterruptedException, ExecutionException {
    BiFunction<TaskModel, String, String> call = ManyCallersTest::result;
    try (model;
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<String> texts =
          IntStream.range(0, CALLERS)
              .mapToObj(i -> "a long way [MASK] ".repeat(1 + i % 7).strip() + i)
              .toList();
      var expected = new ArrayList<String>();
      for (String text : texts) {
        expected.add(call.apply(model, text));
      }
      var results = new ArrayList<Future<String>>();
      for (String text : texts) {
        results.add(threads.submit(() -> call.apply(model, text)));
      }
      for (int i = 0; i < CALLERS; i++) {
        assertEquals(expected.get(i), results.get(i).get(), texts.get(i));
      }
    }
  }

  private static String result(TaskModel model, String text) {
    return switch (model) {
      case TextEmbedder m -> Arrays.toString(m.embed(text));
      case TextClassifier m -> m.classify(text).toString();
      case ZeroShotClassifier m -> m.classify(text, List.of("a", "b")).toString();
      case CrossEncoder m -> Arrays.toString(m.predict(new TextPair(text, "way")).values());
      case FillMask m -> m.fill(text).toString();
      case SparseEncoder m -> m.encode(text).toString();
      case ColBert m -> tokens(m.encodeQuery(text)) + tokens(m.encodeDocument(text));
      case TokenClassifier m -> m.classify(text).toString();
      case QuestionAnswerer m -> m.answer("a way", text).toString();
      case MultipleChoice m -> m.choose(text, List.of("a", "b")).toString();
    };
  }

  private static String tokens(TokenEmbeddings tokens) {
    return IntStream.range(0, tokens.size())
        .mapToObj(i -> Arrays.toString(tokens.vector(i)))
        .toList()
        .toString();
  }
}

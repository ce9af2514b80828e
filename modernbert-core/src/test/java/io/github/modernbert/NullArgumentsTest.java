package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.testdata.Golden;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Null in place of any argument is an {@link IllegalArgumentException} that says so. */
final class NullArgumentsTest {
  private static final Path EXTRA = Golden.project().resolve("src-test-data/golden-extra");

  @Test
  void ofAllMethodsOfTheApi() throws Exception {
    var models = new ArrayList<AutoCloseable>();
    for (Path folder : TaskCases.folders()) {
      models.add(Models.load(folder));
    }
    models.add(TextEmbedder.bundled());
    models.add(ZeroShotClassifier.load(TaskCases.folder("text-entailment-first")));
    models.add(FillMask.load(EXTRA.resolve("fill-mask/tied")));
    models.add(SparseEncoder.load(EXTRA.resolve("sparse/sum-log1p")));
    models.add(ColBert.load(EXTRA.resolve("multi-vector/native")));
    models.add(ModernBertModel.load(TaskCases.folder("choice")));
    var receivers = new ArrayList<Object>(models);
    receivers.addAll(
        List.of(
            LoadOptions.defaults(),
            EmbedOptions.defaults(),
            ClassifyOptions.defaults(),
            ZeroShotOptions.defaults(),
            CrossEncoderOptions.defaults(),
            FillMaskOptions.defaults(),
            SparseOptions.defaults(),
            ColBertOptions.defaults(),
            TokenClassifyOptions.defaults(),
            AnswerOptions.defaults(),
            ChoiceOptions.defaults(),
            CompareOptions.defaults()));
    var problems = new TreeSet<String>();
    int calls = 0;
    for (Object receiver : receivers) {
      calls += check(receiver.getClass(), receiver, problems);
    }
    for (Class<?> type :
        List.of(
            Models.class,
            Similarity.class,
            Embeddings.class,
            TokenEmbeddings.class,
            SparseEmbedding.class,
            QuantizedEmbeddings.class,
            QuantizationRanges.class,
            VectorFiles.class)) {
      calls += check(type, null, problems);
    }
    for (AutoCloseable model : models) {
      model.close();
    }
    assertEquals(List.of(), List.copyOf(problems));
    assertTrue(calls > 100, "calls: " + calls);
  }

  private static int check(Class<?> type, @Nullable Object receiver, TreeSet<String> problems)
      throws IllegalAccessException {
    int calls = 0;
    for (Method method : type.getMethods()) {
      boolean takesObjects =
          List.of(method.getParameterTypes()).stream().anyMatch(p -> !p.isPrimitive());
      boolean isCallable = receiver != null || Modifier.isStatic(method.getModifiers());
      if (!takesObjects
          || !isCallable
          || method.getDeclaringClass() == Object.class
          || method.getName().equals("equals")) {
        continue;
      }
      calls++;
      try {
        method.invoke(receiver, arguments(method.getParameterTypes()));
        problems.add(method + ": no exception");
      } catch (InvocationTargetException e) {
        String cause = String.valueOf(e.getCause());
        if (!cause.matches(".*IllegalArgumentException: .* is null")) {
          problems.add(method + ": " + cause);
        }
      }
    }
    return calls;
  }

  private static @Nullable Object[] arguments(Class<?>[] types) {
    var arguments = new @Nullable Object[types.length];
    for (int i = 0; i < types.length; i++) {
      if (types[i] == int.class) {
        arguments[i] = 1;
      } else if (types[i] == float.class) {
        arguments[i] = 1f;
      } else if (types[i] == boolean.class) {
        arguments[i] = true;
      }
    }
    return arguments;
  }
}

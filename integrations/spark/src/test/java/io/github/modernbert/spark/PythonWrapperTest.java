package io.github.modernbert.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.modernbert.testdata.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.Param;
import org.junit.jupiter.api.Test;

/** The Python classes have the parameters of the Java ones; Spark Connect finds these. */
final class PythonWrapperTest {
  private static final Path SOURCE =
      Golden.project().resolve("integrations/spark/python/modernbert_spark/transformers.py");
  private static final Pattern PARAMETER = Pattern.compile("(?m)^    (\\w+) = _\\w+\\(");
  private static final Pattern KEYWORD = Pattern.compile("(?m)^        (\\w+): Optional\\[");

  private static List<Transformer> transformers() {
    return ServiceLoader.load(Transformer.class).stream()
        .filter(provider -> provider.type().getName().startsWith("io.github.modernbert."))
        .<Transformer>map(ServiceLoader.Provider::get)
        .toList();
  }

  /** The text of each class of the module, by its name. */
  private static Map<String, String> classes() throws IOException {
    var classes = new HashMap<String, String>();
    for (String part : Files.readString(SOURCE).split("(?m)^(class |def )")) {
      classes.put(part.split("\\W", 2)[0], part);
    }
    return classes;
  }

  private static String text(Map<String, String> classes, String name) {
    return Objects.requireNonNull(classes.get(name), name);
  }

  private static TreeSet<String> names(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void parametersAreTheSame() throws IOException {
    Map<String, String> classes = classes();
    List<Transformer> transformers = transformers();
    assertEquals(ModernBertTransformer.class.getPermittedSubclasses().length, transformers.size());
    for (Transformer transformer : transformers) {
      String name = transformer.getClass().getSimpleName();
      String text = text(classes, name);
      var parameters = names(PARAMETER, text(classes, "_ModernBertTransformer"));
      parameters.addAll(names(PARAMETER, text));
      var expected =
          Arrays.stream(transformer.params())
              .map(Param::name)
              .collect(Collectors.toCollection(TreeSet::new));
      assertEquals(expected, parameters, name);
      assertEquals(expected, names(KEYWORD, text), "keywords of " + name);
    }
  }
}

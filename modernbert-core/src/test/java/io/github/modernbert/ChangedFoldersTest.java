package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.testdata.ModelCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Folders with one or two changed settings, {@code golden-extra/changed-folders}: each gives the
 * reference's results or is refused, so that no setting is passed over in silence. What the
 * reference refuses may be taken here, but ends in results or a refusal as well.
 */
final class ChangedFoldersTest {
  private static final Path EXTRA = Golden.project().resolve("src-test-data/golden-extra");
  private static final Path CASES = EXTRA.resolve("changed-folders");

  /** Held, since loggers that nobody holds forget their level. */
  private static final Logger LOGGER = Logger.getLogger("io.github.modernbert");

  /** How much of what the reference takes must not be refused. */
  private static final double LEAST = 0.8;

  /** Sums of float32 in another order differ by less than this, and results of settings by more. */
  private static final double ROUNDING = 5e-5;

  private static final LoadOptions OPTIONS = LoadOptions.defaults().threads(1);
  private static final List<String> TEXTS =
      List.of("", "The baker sold warm bread, ÄÖÜ and [MASK].", " word".repeat(30));
  private static final List<TextPair> PAIRS =
      List.of(
          new TextPair("a", "b"),
          new TextPair("The baker sold", "warm bread."),
          new TextPair("x ".repeat(20), "y ".repeat(30)));
  private static final List<String> MASKED =
      List.of("the [MASK] is new.", "a [MASK] b [MASK] of the end");
  private static final int SPARSE_WEIGHTS = 50;
  private static final int TOKEN_NUMBERS = 2;

  @TempDir private Path copies;

  /** Runs a task and gives its texts and numbers to a list, in the order of the reference's. */
  private interface Run extends BiConsumer<Path, List<Object>> {}

  @BeforeAll
  static void mute() {
    LOGGER.setLevel(Level.SEVERE);
  }

  @AfterAll
  static void unmute() {
    LOGGER.setLevel(null);
  }

  @Test
  void embed() throws IOException {
    check(
        "embed",
        (folder, results) -> {
          try (var model = TextEmbedder.load(folder, OPTIONS)) {
            results.add(model.similarity().name().toLowerCase(Locale.ROOT));
            TEXTS.forEach(text -> add(results, model.embed(text)));
            EmbedOptions query = EmbedOptions.defaults().prompt("query");
            TEXTS.forEach(text -> add(results, model.embed(text, query)));
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"score", "rerank"})
  void score(String task) throws IOException {
    check(
        task,
        (folder, results) -> {
          try (var model = CrossEncoder.load(folder, OPTIONS)) {
            PAIRS.forEach(pair -> add(results, model.predict(pair).values()));
          }
        });
  }

  @Test
  void classify() throws IOException {
    check(
        "classify",
        (folder, results) -> {
          try (var model = TextClassifier.load(folder, OPTIONS)) {
            for (String text : TEXTS) {
              for (LabelScore label : model.classify(text).labels()) {
                results.add(label.label());
                results.add((double) label.score());
              }
            }
          }
        });
  }

  @Test
  void entities() throws IOException {
    TokenClassifyOptions options =
        TokenClassifyOptions.defaults().aggregation(Aggregation.SIMPLE).windows(false);
    check(
        "entities",
        (folder, results) -> {
          try (var model = TokenClassifier.load(folder, OPTIONS)) {
            for (String text : TEXTS.subList(1, TEXTS.size())) {
              for (Entity entity : model.classify(text, options).entities()) {
                results.add(entity.label());
                results.add((double) entity.score());
                results.add((double) entity.start());
                results.add((double) entity.end());
              }
            }
          }
        });
  }

  @Test
  void fill() throws IOException {
    FillMaskOptions options = FillMaskOptions.defaults().topK(4);
    check(
        "fill",
        (folder, results) -> {
          try (var model = FillMask.load(folder, OPTIONS)) {
            for (String text : MASKED) {
              for (FilledMask mask : model.fill(text, options)) {
                for (TokenPrediction token : mask.predictions()) {
                  results.add((double) token.id());
                  results.add((double) token.score());
                }
              }
            }
          }
        });
  }

  @Test
  void sparse() throws IOException {
    check(
        "sparse",
        (folder, results) -> {
          try (var model = SparseEncoder.load(folder, OPTIONS)) {
            for (String text : TEXTS) {
              SparseEmbedding vector = model.encode(text);
              for (int i = 0; i < Math.min(vector.size(), SPARSE_WEIGHTS); i++) {
                results.add((double) vector.ids()[i]);
                results.add((double) vector.values()[i]);
              }
            }
          }
        });
  }

  @Test
  void late() throws IOException {
    check(
        "late",
        (folder, results) -> {
          try (var model = ColBert.load(folder, OPTIONS)) {
            for (String text : TEXTS) {
              for (var vectors : List.of(model.encodeQuery(text), model.encodeDocument(text))) {
                for (int i = 0; i < vectors.size(); i++) {
                  add(results, Arrays.copyOf(vectors.vector(i), TOKEN_NUMBERS));
                }
              }
            }
          }
        });
  }

  private static void add(List<Object> results, float[] numbers) {
    for (float number : numbers) {
      results.add((double) number);
    }
  }

  private void check(String task, Run run) throws IOException {
    var wrong = new ArrayList<String>();
    int given = 0;
    int equal = 0;
    for (JsonElement element : Golden.jsonLines(CASES.resolve(task + ".jsonl.gz"))) {
      JsonObject row = element.getAsJsonObject();
      var results = new ArrayList<Object>();
      Optional<RuntimeException> refusal = run(row, run, results);
      given += row.has("results") ? 1 : 0;
      if (refusal.isPresent()) {
        if (!(refusal.get() instanceof ModelFileException)
            && !(refusal.get() instanceof IllegalArgumentException)) {
          wrong.add(describe(row) + ": " + refusal.get());
        }
      } else if (row.has("results")) {
        String difference = difference(row.getAsJsonArray("results"), results);
        equal += difference.isEmpty() ? 1 : 0;
        if (!difference.isEmpty()) {
          wrong.add(describe(row) + ": " + difference);
        }
      }
    }
    assertEquals("", String.join("\n", wrong));
    assertTrue(equal > LEAST * given, "%s: %d of %d equal".formatted(task, equal, given));
  }

  private static String describe(JsonObject row) {
    return row.get("base").getAsString() + " " + row.get("set") + " without " + row.get("remove");
  }

  /** Runs a task with the folder of a row; what it throws is the result. */
  private Optional<RuntimeException> run(JsonObject row, Run run, List<Object> results)
      throws IOException {
    String base = row.get("base").getAsString();
    Path folder = copies.resolve(base.replace('/', '-'));
    Path source = source(base);
    if (!Files.exists(folder)) {
      ModelCopy.of(source, folder);
    }
    JsonObject set = row.getAsJsonObject("set");
    JsonObject remove = row.getAsJsonObject("remove");
    var files = new TreeSet<>(set.keySet());
    files.addAll(remove.keySet());
    for (String name : files) {
      Path original = source.resolve(name);
      JsonObject json =
          Files.exists(original) ? Golden.json(original).getAsJsonObject() : new JsonObject();
      if (set.has(name)) {
        set.getAsJsonObject(name).asMap().forEach(json::add);
      }
      if (remove.has(name)) {
        remove.getAsJsonArray(name).forEach(key -> json.remove(key.getAsString()));
      }
      Files.writeString(folder.resolve(name), json.toString());
    }
    try {
      run.accept(folder, results);
      return Optional.empty();
    } catch (RuntimeException e) {
      return Optional.of(e);
    } finally {
      for (String name : files) {
        Files.delete(folder.resolve(name));
        if (Files.exists(source.resolve(name))) {
          Files.copy(source.resolve(name), folder.resolve(name));
        }
      }
    }
  }

  private static Path source(String base) {
    Path golden = Golden.root().resolve(base);
    return Files.exists(golden) ? golden : EXTRA.resolve(base);
  }

  /** The first difference between the reference's results and ours; empty if there is none. */
  private static String difference(JsonArray expected, List<Object> actual) {
    if (expected.size() != actual.size()) {
      return "expected %d values, found %d".formatted(expected.size(), actual.size());
    }
    for (int i = 0; i < actual.size(); i++) {
      JsonPrimitive value = expected.get(i).getAsJsonPrimitive();
      boolean isEqual =
          actual.get(i) instanceof Double number
              ? value.isNumber() && Math.abs(number - value.getAsDouble()) < ROUNDING
              : value.getAsString().equals(actual.get(i));
      if (!isEqual) {
        return "value %d: expected %s, found %s".formatted(i, value, actual.get(i));
      }
    }
    return "";
  }
}

package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.modernbert.testdata.Accuracy;
import io.github.modernbert.testdata.Golden;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleBiFunction;
import org.jspecify.annotations.Nullable;

/** The cases of {@code golden-extra/tasks}: what the reference's pipelines make of texts. */
final class TaskCases {
  private TaskCases() {}

  /** The folders of checkpoints. */
  static List<Path> folders() {
    return Golden.folders(
        Golden.project().resolve("src-test-data/golden-extra/tasks"), "cases.json");
  }

  /** The folder of that name. */
  static Path folder(String name) {
    return folders().stream()
        .filter(f -> f.getFileName().toString().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Checks all cases of a task, and that the errors of each folder are of the reference's size.
   *
   * @param error compares what a model makes of a case with its {@code truth}, and gives the
   *     largest difference of scores
   */
  static <M extends TaskModel> void check(
      String task, Function<Path, M> load, ToDoubleBiFunction<M, JsonObject> error) {
    int checked = 0;
    var accuracy = new Accuracy(task);
    for (Path folder : folders()) {
      JsonObject document = Golden.json(folder.resolve("cases.json")).getAsJsonObject();
      List<JsonObject> cases =
          document.getAsJsonArray("cases").asList().stream()
              .map(JsonElement::getAsJsonObject)
              .filter(c -> c.get("task").getAsString().equals(task))
              .toList();
      if (cases.isEmpty()) {
        continue;
      }
      double worst = 0;
      try (M model = load.apply(folder)) {
        for (JsonObject c : cases) {
          worst = Math.max(worst, error.applyAsDouble(model, c));
        }
      }
      accuracy.judge(folder.getFileName(), worst, document.get("error_vs_truth").getAsDouble());
      checked += cases.size();
    }
    Golden.report(task + " cases", checked);
    accuracy.report();
  }

  /** Options with one that a case gives. */
  @FunctionalInterface
  interface Option<O> {
    /** The options with a value; null if there is no option of that name. */
    @Nullable O apply(O options, String key, JsonElement value);
  }

  /** Options with all that a case gives, each of which must be known. */
  static <O> O options(JsonObject given, O defaults, Option<O> option) {
    O options = defaults;
    for (String key : given.keySet()) {
      options = Objects.requireNonNull(option.apply(options, key, given.get(key)), key);
    }
    return options;
  }

  /** The strings of an array. */
  static List<String> strings(JsonArray array) {
    return array.asList().stream().map(JsonElement::getAsString).toList();
  }

  /** Offsets of the reference count code points, ours UTF-16 units. */
  static int utf16(String text, JsonElement codePoints) {
    return text.offsetByCodePoints(0, codePoints.getAsInt());
  }

  /** A caller's mistake is named. */
  static void assertMessage(String part, Runnable call) {
    var e = assertThrows(IllegalArgumentException.class, call::run);
    assertTrue(String.valueOf(e.getMessage()).contains(part), e.getMessage());
  }
}

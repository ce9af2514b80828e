package io.github.modernbert.tokenizer;

import static org.junit.jupiter.api.Assertions.fail;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.testdata.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every tokenizer of the golden folder gives what the reference gives, on every case. */
class GoldenTokenizersTest {
  private static final int SHOWN = 3;
  private static final String TOKENIZER = "tokenizer.json";

  private final Map<String, Integer> checked = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();

  @Test
  void everyCaseOfEveryTokenizer() {
    List<Path> folders = Golden.folders("tokenizers", TOKENIZER);
    for (Path folder : folders) {
      Tokenizer tokenizer = Tokenizer.load(folder.resolve(TOKENIZER));
      checkFolder(folder, tokenizer, tokenizer.defaults());
    }
    checked.forEach((kind, cases) -> Golden.report("tokenizer " + kind, cases));
    Golden.report("tokenizers", folders.size());
    failIfAny();
  }

  /**
   * Published files are not copied into the project. Golden data with other seeds has cases for
   * them, but only {@code ../shared/golden} has the files. Their cases switch off the truncation
   * and padding that some of them store.
   */
  @ParameterizedTest
  @ValueSource(strings = {"tokenizers/modernbert", "tokenizers/published"})
  void everyCaseOfPublishedTokenizers(String part) {
    Optional<Path> cases = Golden.large(part);
    Optional<Path> files = Golden.shared(part);
    if (cases.isEmpty() || files.isEmpty()) {
      Golden.skipped(part, "it is not in this folder nor in ../shared/golden");
      return;
    }
    for (Path folder : Golden.folders(cases.get(), "cases.jsonl.gz")) {
      Path name = cases.get().relativize(folder);
      Path file = files.get().resolve(name).resolve(TOKENIZER);
      checkFolder(folder, Tokenizer.load(file), EncodeOptions.plain());
    }
    checked.forEach((kind, number) -> Golden.report(part + " " + kind, number));
    failIfAny();
  }

  private void failIfAny() {
    if (!problems.isEmpty()) {
      fail(
          problems.size()
              + " differences; the first of each file:\n"
              + String.join("\n", problems));
    }
  }

  private void checkFolder(Path folder, Tokenizer tokenizer, EncodeOptions defaults) {
    try (var files = Files.list(folder)) {
      for (Path cases : files.filter(f -> f.toString().endsWith(".jsonl.gz")).sorted().toList()) {
        checkFile(tokenizer, defaults, cases);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void checkFile(Tokenizer tokenizer, EncodeOptions defaults, Path file) {
    String kind = file.getFileName().toString().replace(".jsonl.gz", "");
    int different = 0;
    for (JsonElement line : Golden.jsonLines(file)) {
      JsonObject row = line.getAsJsonObject();
      EncodeOptions options = Case.options(row, defaults);
      List<String> found =
          row.has("texts") ? checkBatch(tokenizer, options, row) : check(tokenizer, options, row);
      checked.merge(kind, 1, Integer::sum);
      if (!found.isEmpty() && different++ < SHOWN) {
        problems.add("%s: %s%n%s".formatted(file, head(row), String.join("\n", found)));
      }
    }
    if (different > SHOWN) {
      problems.add("%s: %d cases differ".formatted(file, different));
    }
  }

  private static String head(JsonObject row) {
    var head = new JsonObject();
    for (String key : List.of("text", "pair", "texts", "options")) {
      if (row.has(key)) {
        head.add(key, row.get(key));
      }
    }
    String shown = head.toString();
    return shown.length() <= 600 ? shown : shown.substring(0, 600) + "...";
  }

  private static List<String> check(Tokenizer tokenizer, EncodeOptions options, JsonObject row) {
    String text = row.get("text").getAsString();
    Encoding encoding;
    try {
      encoding =
          row.has("pair")
              ? tokenizer.encodePair(text, row.get("pair").getAsString(), options)
              : tokenizer.encode(text, options);
    } catch (IllegalArgumentException | ModelFileException e) {
      return row.has("error") ? List.of() : List.of("unexpected " + e);
    }
    if (row.has("error")) {
      return List.of("expected the error " + row.get("error") + ", got " + encoding);
    }
    List<String> found = Case.differences(row, encoding);
    decode(found, row, "decoded", tokenizer.decode(encoding.ids(), false));
    decode(found, row, "decoded_skip_special", tokenizer.decode(encoding.ids(), true));
    return found;
  }

  private static void decode(List<String> found, JsonObject row, String key, String actual) {
    if (row.has(key) && !row.get(key).getAsString().equals(actual)) {
      found.add("%s:%n  expected %s%n  got      %s".formatted(key, row.get(key), actual));
    }
  }

  private static List<String> checkBatch(
      Tokenizer tokenizer, EncodeOptions options, JsonObject row) {
    List<String> texts =
        row.getAsJsonArray("texts").asList().stream().map(JsonElement::getAsString).toList();
    List<Encoding> encodings;
    try {
      encodings = tokenizer.encodeBatch(texts, options);
    } catch (IllegalArgumentException | ModelFileException e) {
      return row.has("error") ? List.of() : List.of("unexpected " + e);
    }
    if (row.has("error")) {
      return List.of("expected the error " + row.get("error"));
    }
    var expected = row.getAsJsonArray("encodings");
    var found = new ArrayList<String>();
    for (int i = 0; i < expected.size(); i++) {
      found.addAll(Case.differences(expected.get(i).getAsJsonObject(), encodings.get(i)));
    }
    return found;
  }
}

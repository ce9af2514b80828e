package io.github.modernbert.tokenizer.regex;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.github.modernbert.testdata.Golden;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * Every match and every refusal as in the reference, on the cases of {@code golden-extra/regex}.
 */
class RegexGoldenTest {
  private static final String CASES = "cases.jsonl.gz";
  private static final char MARK = '\uE000';

  @Test
  void sameMatchesAndRefusals() {
    var checks = new ArrayList<Executable>();
    for (var folder :
        Golden.folders(Golden.project().resolve("src-test-data/golden-extra/regex"), CASES)) {
      for (var line : Golden.jsonLines(folder.resolve(CASES))) {
        checks.addAll(checks(line.getAsJsonObject()));
      }
    }
    assertAll(checks);
    Golden.report("regular expression cases", checks.size());
  }

  private static List<Executable> checks(JsonObject row) {
    String pattern = row.get("pattern").getAsString();
    if (row.has("error")) {
      return List.of(() ->
          assertThrows(
              IllegalArgumentException.class,
              () -> Regex.compile(pattern),
              () -> pattern + ": " + row.get("error").getAsString()));
    }
    Regex regex;
    try {
      regex = Regex.compile(pattern);
    } catch (IllegalArgumentException e) {
      return List.of(() -> fail(e));
    }
    Stream<Executable> cases =
        row.getAsJsonArray("cases").asList().stream()
            .map(one -> () -> check(regex, one.getAsJsonArray()));
    return cases.toList();
  }

  private static void check(Regex regex, JsonArray expected) {
    String text = expected.get(0).getAsString();
    var pieceEnds = new JsonArray();
    var replaced = new StringBuilder();
    var matcher = regex.matcher(text);
    int last = 0;
    while (matcher.next()) {
      addPiece(pieceEnds, text, last, matcher.start());
      addPiece(pieceEnds, text, matcher.start(), matcher.end());
      replaced.append(text, last, matcher.start()).append(MARK);
      last = matcher.end();
    }
    addPiece(pieceEnds, text, last, text.length());
    replaced.append(text, last, text.length());
    assertEquals(
        expected.get(1) + " " + expected.get(2).getAsString(),
        pieceEnds + " " + replaced,
        () -> "pattern " + regex + " on text " + text);
  }

  private static void addPiece(JsonArray ends, String text, int start, int end) {
    if (start < end) {
      ends.add(text.codePointCount(0, end));
    }
  }
}

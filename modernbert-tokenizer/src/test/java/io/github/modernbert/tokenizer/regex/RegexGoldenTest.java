package io.github.modernbert.tokenizer.regex;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.github.modernbert.testdata.Golden;
import java.util.ArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every match and every refusal as in the reference, on the cases of {@code golden-extra/regex}.
 */
class RegexGoldenTest {
  private static final String CASES = "cases.jsonl.gz";
  private static final char MARK = '\uE000';

  @TestFactory
  Stream<DynamicTest> sameMatchesAndRefusals() {
    var tests = new ArrayList<DynamicTest>();
    for (var folder :
        Golden.folders(Golden.project().resolve("src-test-data/golden-extra/regex"), CASES)) {
      for (var line : Golden.jsonLines(folder.resolve(CASES))) {
        JsonObject row = line.getAsJsonObject();
        tests.add(dynamicTest("pattern " + row.get("pattern").getAsString(), () -> check(row)));
      }
    }
    Golden.report("regular expressions on texts", tests.size());
    return tests.stream();
  }

  private static void check(JsonObject row) {
    String pattern = row.get("pattern").getAsString();
    if (row.has("error")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> Regex.compile(pattern),
          () -> row.get("error").getAsString());
      return;
    }
    Regex regex = Regex.compile(pattern);
    assertAll(
        row.getAsJsonArray("cases").asList().stream()
            .map(one -> () -> check(regex, one.getAsJsonArray())));
  }

  private static void check(Regex regex, JsonArray expected) {
    check(regex, regex.matcher(expected.get(0).getAsString()), expected);
    var remembering = regex.matcher(expected.get(0).getAsString());
    remembering.rememberFailures();
    check(regex, remembering, expected);
  }

  private static void check(Regex regex, Matcher matcher, JsonArray expected) {
    String text = expected.get(0).getAsString();
    var pieceEnds = new JsonArray();
    var replaced = new StringBuilder();
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

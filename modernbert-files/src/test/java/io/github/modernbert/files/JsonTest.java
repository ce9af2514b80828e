package io.github.modernbert.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JsonTest {
  private static final Json DOCUMENT =
      Json.parse(
          "config.json",
          """
          {"a": {"b": [1, "two", null, 4.5, true]}, "big": 1e400, "n": null, "a b": {}}
          """);

  private static void assertMessage(String message, Runnable code) {
    assertEquals(message, assertThrows(ModelFileException.class, code::run).getMessage());
  }

  @Test
  void valuesKnowTheirPlace() {
    List<Json> items = DOCUMENT.get("a").get("b").items();
    assertEquals("a.b[3]", items.get(3).path());
    assertEquals("config.json", items.get(3).file());
    assertEquals("", DOCUMENT.path());
    assertEquals(1, items.get(0).integer());
    assertEquals("two", items.get(1).string());
    assertTrue(items.get(2).isNull());
    assertEquals(4.5, items.get(3).number());
    assertEquals(new BigDecimal("4.5"), items.get(3).decimal());
    assertTrue(items.get(4).bool());
  }

  @Test
  void mismatchesSayWhatWasFoundAndExpectedAndWhere() {
    Json b = DOCUMENT.get("a").get("b");
    assertMessage(
        "config.json: a.b[1]: expected a number, found \"two\"", () -> b.items().get(1).number());
    assertMessage(
        "config.json: a.b[3]: expected an integer below 2^31, found 4.5",
        () -> b.items().get(3).integer());
    assertMessage(
        "config.json: a.b[0]: expected an integer from 2 to 3, found 1",
        () -> b.items().get(0).integer(2, 3));
    assertMessage("config.json: a: key 'c' is missing", () -> DOCUMENT.get("a").get("c"));
    assertMessage(
        "config.json: a.b: expected an object, found [1,\"two\",null,4.5,true]", () -> b.get("x"));
    assertMessage(
        "config.json: a: expected an array, found " + DOCUMENT.get("a"),
        () -> {
          DOCUMENT.get("a").items();
        });
  }

  @Test
  void absentAndNullKeys() {
    assertTrue(DOCUMENT.has("n"));
    assertTrue(DOCUMENT.member("n").isPresent());
    assertFalse(DOCUMENT.find("n").isPresent());
    assertFalse(DOCUMENT.member("x").isPresent());
    assertEquals(List.of("a", "big", "n", "a b"), List.copyOf(DOCUMENT.members().keySet()));
  }

  @Test
  void numbersBeyondDoubleAreInfinite() {
    assertEquals(Double.POSITIVE_INFINITY, DOCUMENT.get("big").number());
    assertThrows(ModelFileException.class, () -> DOCUMENT.get("big").integer());
  }

  @Test
  void theLastOfEqualKeysCounts() {
    assertEquals(2, Json.parse("f", "{\"a\": 1, \"a\": 2}").get("a").integer());
  }

  @Test
  void onlyStrictJsonIsTaken() {
    for (String text :
        List.of(
            "",
            "{",
            "{'a': 1}",
            "{\"a\": 1,}",
            "[1] 2",
            "// x\n1",
            "NaN",
            "{\"a\": tru}",
            "[01]")) {
      var e = assertThrows(ModelFileException.class, () -> Json.parse("f.json", text), text);
      assertTrue(String.valueOf(e.getMessage()).startsWith("f.json: "), e.getMessage());
    }
  }

  @Test
  void deepNestingIsAnErrorAndNotACrash() {
    assertThrows(ModelFileException.class, () -> Json.parse("f", "[".repeat(1_000_000)));
  }

  @Test
  void deepNestingIsNoticedBeforeTheRestOfAFileIsRead(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("tokenizer.json");
    Files.write(file, "[".repeat(100_000).getBytes(StandardCharsets.UTF_8));
    Files.write(file, new byte[] {(byte) 0xC3}, StandardOpenOption.APPEND);
    String message = assertThrows(ModelFileException.class, () -> Json.read(file)).getMessage();
    assertTrue(String.valueOf(message).contains("Nesting limit"), message);
  }

  @Test
  void filesThatCannotBeReadAreNamed(@TempDir Path folder) throws IOException {
    Path missing = folder.resolve("missing.json");
    assertMessage(missing + ": file not found", () -> Json.read(missing));
    Path binary = Files.write(folder.resolve("binary.json"), new byte[] {'"', (byte) 0xC3, '"'});
    assertMessage(binary + ": not UTF-8 text", () -> Json.read(binary));
    assertThrows(ModelFileException.class, () -> Json.read(folder));
  }

  @Test
  void whatIsNotJsonIsToldWithoutAdviceToProgrammers() {
    assertMessage(
        "a.json: not valid JSON: unexpected text at line 2 column 7 path $.a",
        () -> Json.parse("a.json", "{\n \"a\": NaN}"));
    assertMessage(
        "a.json: not valid JSON: unexpected text at line 1 column 2 path $",
        () -> Json.parse("a.json", "// a"));
    String deep =
        assertThrows(ModelFileException.class, () -> Json.parse("a.json", "[".repeat(10_000)))
            .getMessage();
    assertTrue(String.valueOf(deep).startsWith("a.json: not valid JSON: Nesting limit"), deep);
    assertTrue(String.valueOf(deep).length() < 300, deep);
  }
}
